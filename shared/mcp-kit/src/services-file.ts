import { ServiceCatalog } from '@kubevigil/core/policy'
import { readServicesText } from '@kubevigil/core/policy/services-text'
import { UserError } from './errors.ts'
import { readTextFile, readYamlFile, validate } from './yaml-file.ts'

const variable = 'KUBEVIGIL_SERVICES'

/**
 * Reads the operator's service catalog: YAML, or, from a .txt or .md file, the text people keep for people.
 * @throws UserError that names the file and the field or line to correct
 */
export function readServicesFile(path: string): ServiceCatalog {
  if (!/\.(?:txt|md)$/i.test(path)) return readYamlFile(path, ServiceCatalog, variable)
  const { catalog, problems } = readServicesText(readTextFile(path, variable))
  if (problems.length > 0)
    throw new UserError(
      'file-invalid',
      `The file ${path} named by ${variable} cannot be understood: ${problems.slice(0, 5).join('; ')}.`,
      'Correct these lines, or write the file as YAML: claude-config/services.example.yaml shows how.',
    )
  return validate(catalog, ServiceCatalog, path, variable)
}
