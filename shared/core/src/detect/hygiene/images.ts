import { allContainers, hygieneRule, namesWhere } from './check.ts'

/** Images that may be another one tomorrow. */
export const images = hygieneRule([
  {
    code: 'HYGIENE_FLOATING_TAG',
    habit: 'run images with the tag latest or none',
    risk: 'A restart may bring another version, and an undo has nothing to go back to',
    advice: 'Name a version or a digest',
    find: ({ spec }) => namesWhere(allContainers(spec), ({ image = '' }) => image !== '' && floats(image)),
  },
])

/** A colon in front of the last slash belongs to the registry's port. */
function floats(image: string): boolean {
  if (image.includes('@')) return false
  const [, tag] = image.slice(image.lastIndexOf('/') + 1).split(':')
  return tag === undefined || tag === 'latest'
}
