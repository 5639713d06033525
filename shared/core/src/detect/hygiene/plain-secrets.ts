import { allContainers, hygieneRule } from './check.ts'

/** Names whose value is a secret; `…_FILE` and `…_NAME` only speak of one. */
const secretName =
  /(?:^|_)(?:PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?)$/i

/** Secrets that anyone who may read the workload reads. Only their names are told. */
export const plainSecrets = hygieneRule([
  {
    code: 'HYGIENE_PLAIN_SECRET',
    habit: 'have secrets as plain environment values',
    risk: 'Whoever may read the workload, its history or its Git repository has them',
    advice: 'Move them into a Secret and name it with valueFrom.secretKeyRef; change the values',
    find: ({ spec }) =>
      allContainers(spec).flatMap(({ env = [] }) =>
        env.filter(({ name, value }) => secretName.test(name) && isValue(value)).map(({ name }) => name),
      ),
  },
])

/** A path, a reference to another variable or a switch is no secret. */
function isValue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !/^(?:\/|\$\()|^(?:true|false|none|null)$/i.test(value)
}
