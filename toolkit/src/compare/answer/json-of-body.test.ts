import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../../base/index.ts'
import { compareAnswers } from '../compare.ts'
import { headerMap } from './answer.ts'
import { jsonOfBody } from './json-of-body.ts'

test('a body that was parsed before has the value of its own bytes, however many came between', () => {
  const texts = fc.array(fc.oneof(fc.json(), fc.string()), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(texts, fc.array(fc.nat(7)), (bodies, order) => {
      const buffers = bodies.map((text) => Buffer.from(text))
      for (const at of order) {
        const body = buffers[at % buffers.length] ?? Buffer.alloc(0)
        expect(jsonOfBody(body)).toEqual(parseJson(body.toString('utf8')))
      }
    }),
  )
})

test('a byte order mark is no part of the value, whoever asks first', () => {
  const marked = Buffer.from('\uFEFF{"a":1}')
  expect(jsonOfBody(marked, marked.toString('utf8'))).toEqual({ a: 1 })
  expect(jsonOfBody(Buffer.from(marked))).toEqual({ a: 1 })
})

test('bodies that are equal byte for byte get the verdict that they get where each is read', () => {
  const answer = (text: string) => ({
    ...{ status: 200, headers: headerMap([['content-type', 'application/json']]) },
    ...{ body: Buffer.from(text), truncated: false },
  })
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.boolean(), (one, other, same) => {
      const [legacy, service] = [one, same ? one : other]
      const plain = compareAnswers(answer(JSON.stringify(legacy)), answer(JSON.stringify(service)), { rules: [] })
      const spaced = answer(JSON.stringify(service, null, 1).concat('\n'))
      expect(compareAnswers(answer(JSON.stringify(legacy)), spaced, { rules: [] })).toEqual(plain)
      if (same) expect(plain).toEqual({ kind: 'match' })
    }),
  )
})
