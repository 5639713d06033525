import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate that vouches for itself, both PEM. */
export interface Certificate {
  key: string
  cert: string
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const commonName = '2.5.4.3'
const subjectAltName = '2.5.29.17'

/**
 * Makes a certificate for 127.0.0.1 and localhost. kubectl sends its token only over TLS, and node:crypto cannot make
 * certificates, so the little DER of one (RFC 5280) is written here. The key never leaves the process.
 */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(objectIdentifier(ecdsaWithSha256))
  const name = sequence(tagged(0x31, sequence(objectIdentifier(commonName), utf8('kubernetes-simulator'))))
  // A fixed validity: the clock of a simulator may be frozen at any time.
  const validity = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'))
  const names = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))
  const extensions = sequence(sequence(objectIdentifier(subjectAltName), tagged(0x04, names)))
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${wrap(der.toString('base64'))}-----END CERTIFICATE-----\n`,
  }
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const long = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...long]), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]))
}

function utf8(value: string): Buffer {
  return tagged(0x0c, Buffer.from(value))
}

function utcTime(value: string): Buffer {
  return tagged(0x17, Buffer.from(value))
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function wrap(base64: string): string {
  return base64.replace(/.{1,64}/g, '$&\n')
}
