import { object, text, type Json, type JsonObject } from './json.ts'

/** The fields of a message by their numbers: a text, a number, a list of texts, or another message. */
interface Schema {
  [number: number]: [name: string, type: 'text' | 'number' | 'texts' | Schema]
}

const metadata: Schema = { 1: ['name', 'text'], 2: ['generateName', 'text'], 3: ['namespace', 'text'] }

const deleteOptions: Schema = {
  1: ['gracePeriodSeconds', 'number'],
  2: ['preconditions', { 1: ['uid', 'text'], 2: ['resourceVersion', 'text'] }],
  4: ['propagationPolicy', 'text'],
  5: ['dryRun', 'texts'],
}

const resourceAttributes: Schema = {
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
}

/** The few kinds that kubectl sends as protobuf and that the simulator reads; numbers from the .proto files of k8s.io/api. */
const schemas: Record<string, Schema> = {
  DeleteOptions: deleteOptions,
  Eviction: { 1: ['metadata', metadata], 2: ['deleteOptions', deleteOptions] },
  SelfSubjectReview: { 1: ['metadata', metadata] },
  SelfSubjectRulesReview: { 1: ['metadata', metadata], 2: ['spec', { 1: ['namespace', 'text'] }] },
  SelfSubjectAccessReview: {
    1: ['metadata', metadata],
    2: [
      'spec',
      {
        1: ['resourceAttributes', resourceAttributes],
        2: ['nonResourceAttributes', { 1: ['path', 'text'], 2: ['verb', 'text'] }],
      },
    ],
  },
}

/** `k8s` and a zero byte start every protobuf body of Kubernetes. */
const magic = Buffer.from('k8s\0')

/** runtime.Unknown, the envelope: the type and, in field 2, the bytes of the message itself. */
const envelope: Schema = { 1: ['typeMeta', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }] }

/** The object in a protobuf body, or undefined for a kind that is not read and for bytes that are no protobuf. */
export function decodeProtobuf(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined
  try {
    const outer = body.subarray(magic.length)
    const type = object(decode(outer, envelope), 'typeMeta')
    const schema = schemas[text(type, 'kind')]
    const raw = fields(outer).find((entry) => entry.number === 2)?.bytes ?? Buffer.alloc(0)
    return schema === undefined ? undefined : { ...type, ...decode(raw, schema) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function decode(bytes: Buffer, schema: Schema): JsonObject {
  const message: JsonObject = {}
  for (const entry of fields(bytes)) {
    const [name, type] = schema[entry.number] ?? []
    if (name === undefined || type === undefined) continue
    const before = message[name]
    message[name] =
      type === 'texts' ? [...(Array.isArray(before) ? before : []), valueOf(entry, 'text')] : valueOf(entry, type)
  }
  // Go writes empty strings, which JSON leaves out.
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== ''))
}

function valueOf(entry: Entry, type: 'text' | 'number' | Schema): Json {
  if (type === 'number') return entry.value
  return type === 'text' ? entry.bytes.toString('utf8') : decode(entry.bytes, type)
}

interface Entry {
  number: number
  value: number
  bytes: Buffer
}

/** The fields of a message in order; reading past the end throws a RangeError. */
function fields(message: Buffer): Entry[] {
  const found: Entry[] = []
  let at = 0

  function varint(): number {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = message.readUInt8(at++)
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }

  while (at < message.length) {
    const key = varint()
    const entry: Entry = { number: Math.floor(key / 8), value: 0, bytes: Buffer.alloc(0) }
    switch (key % 8) {
      case 0:
        entry.value = varint()
        break
      case 2: {
        const length = varint()
        if (at + length > message.length) throw new RangeError('a field ends after the message')
        entry.bytes = message.subarray(at, at + length)
        at += length
        break
      }
      default:
        throw new RangeError('a wire type that these messages do not use')
    }
    found.push(entry)
  }
  return found
}
