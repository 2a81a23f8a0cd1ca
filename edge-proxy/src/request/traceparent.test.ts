import fc from 'fast-check'
import { expect, test } from 'vitest'
import { traceContext } from './traceparent.ts'

const hex = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => !/^0+$/.test(text))

test('a well-formed trace keeps its id and flags under a parent id of the edge, whatever version it has', () => {
  fc.assert(
    fc.property(
      hex(32),
      hex(16),
      fc.constantFrom('00', '01'),
      fc.constantFrom('00', '42'),
      (id, parent, flags, version) => {
        const context = traceContext(`${version}-${id}-${parent}-${flags}`)
        expect(context).toMatchObject({ traceId: id, continued: true })
        expect(context.traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-${flags}$`))
        expect(context.traceparent).not.toContain(parent)
      },
    ),
  )
})

test.each([
  ['00', 'ff', '03'],
  ['00', '02', '02'],
  ['00', 'fc', '00'],
  ['cc', '81', '01'],
])('of the flags %s-...-%s those are sent on that are defined: %s', (version, flags, sent) => {
  const { traceparent } = traceContext(`${version}-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`)
  expect(traceparent.slice(-3)).toBe(`-${sent}`)
})

test.each([
  undefined,
  '',
  '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more',
])('%s begins a new trace', (incoming) => {
  const context = traceContext(incoming)
  expect(context.continued).toBe(false)
  expect(context.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(context.traceparent).not.toContain('0af7651916cd43dd8448eb211c80319c')
})
