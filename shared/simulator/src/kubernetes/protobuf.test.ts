import { describe, expect, test } from 'vitest'
import { decodeProtobuf } from './protobuf.ts'

/** A length-delimited field. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
}

function body(kind: string, raw: Buffer): Buffer {
  const typeMeta = Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, kind)])
  return Buffer.concat([Buffer.from('k8s\0'), field(1, typeMeta), field(2, raw), field(3, ''), field(4, '')])
}

describe('decodeProtobuf', () => {
  test('reads a review as kubectl auth can-i sends it', () => {
    const attributes = Buffer.concat([field(1, 'shop'), field(2, 'list'), field(3, ''), field(5, 'pods')])
    const review = body('SelfSubjectAccessReview', Buffer.concat([field(1, ''), field(2, field(1, attributes))]))
    expect(decodeProtobuf(review)).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: { namespace: 'shop', verb: 'list', resource: 'pods' } },
    })
  })

  test('reads numbers of several bytes and repeated texts', () => {
    const options = Buffer.concat([Buffer.from([8, 0xac, 0x02]), field(5, 'All'), field(5, 'x')])
    expect(decodeProtobuf(body('DeleteOptions', options))).toMatchObject({
      gracePeriodSeconds: 300,
      dryRun: ['All', 'x'],
    })
  })

  test('leaves alone what it does not know and what is broken', () => {
    expect(decodeProtobuf(body('ConfigMap', Buffer.alloc(0)))).toBeUndefined()
    expect(decodeProtobuf(Buffer.from('{}'))).toBeUndefined()
    expect(decodeProtobuf(Buffer.from('k8s\0\x0a\x7f'))).toBeUndefined()
    expect(decodeProtobuf(Buffer.from([...Buffer.from('k8s\0'), 0xff]))).toBeUndefined()
  })
})
