/** Names whose value is a secret: of environment variables, ConfigMap keys, chart parameters, fields of custom resources. */
const secretName =
  /pass(?:word|wd|phrase)?(?:$|[_.\d-])|passw|pwd|secret|token|credential|api[_.-]?key|(?:access|private|signing|encryption|master|ssh|account|license|auth)[_.-]?key|(?:^|[_.-])key$|[a-z]Key$|\bdsn\b|_dsn|conn(?:ection)?[_.-]?str|webhook|cookie|salt$/i
/** Names that speak of a secret without holding it: where it lies, how long it lives, whether it is used. */
const speaksOfOne =
  /(?:name|names|ref|file|files|path|dir|mount|ttl|timeout|expir\w*|expiration|enabled|disabled|required|version|type|kind|endpoint|uri|host|port|issuer|audience|length|size|count|limit|interval|period|algorithm|namespace|class|provider|store|engine|policy|role|rotation)$/i

/** Whether a value under this name is to be masked whatever it looks like. */
export function namesSecret(name: string): boolean {
  return secretName.test(name) && !speaksOfOne.test(name)
}

/** Fields of any object that hold a secret itself; narrower than `namesSecret`, for fields of the API speak of secrets often. */
const secretField =
  /^(?:password|passwd|passphrase|token|bearerToken|authToken|accessToken|refreshToken|apiKey|api_key|secretKey|accessKey|secretAccessKey|clientSecret|privateKey|sharedSecret|signingKey|encryptionKey)$/i

/** Whether a field of an object, such as one of a custom resource, holds a secret as a string. */
export function isSecretField(name: string): boolean {
  return secretField.test(name)
}

/** A flag of a command line whose next argument is a secret: `--password`, `-token`. */
export function isSecretFlag(argument: string): boolean {
  return /^--?[a-z][\w.-]*$/i.test(argument) && namesSecret(argument)
}

/** Annotations that repeat the whole object, secrets included: kubectl's, and those of tools that apply objects like it. */
const copies = /last-applied|objectset\.rio\.cattle\.io\/applied|kapp\.k14s\.io\/original|applied-configuration/i

/** Whether an annotation is a copy of the object it stands on. */
export function isCopyOfObject(annotation: string): boolean {
  return copies.test(annotation)
}

/** What stands in place of a value of a Secret; its size helps to tell an empty or truncated one. */
export function maskedSecret(value: unknown, encoded: boolean): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
  const bytes = encoded ? Buffer.from(text, 'base64').length : Buffer.byteLength(text)
  return `<redacted:secret ${bytes} bytes>`
}

/** What stands in place of a value that is a secret by its name. */
export const maskedValue = '<redacted:by-name>'
