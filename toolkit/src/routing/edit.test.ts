import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits, type Edit, reverseEdits } from './edit.ts'

const word = fc.string({ unit: 'grapheme', maxLength: 6 })

/** A text with edits in it: pieces that stay, and pieces that are replaced. */
const edited = fc
  .array(fc.record({ kept: word, old: word, new: word }), { minLength: 1, maxLength: 6 })
  .map((pieces) => {
    let text = ''
    const edits: Edit[] = []
    for (const piece of pieces) {
      text += piece.kept
      edits.push({ offset: text.length, old: piece.old, new: piece.new })
      text += piece.old
    }
    return { text, edits, expected: pieces.map((piece) => piece.kept + piece.new).join('') }
  })

describe('applyEdits', () => {
  test('replaces each piece, and reverseEdits takes it back', () => {
    fc.assert(
      fc.property(edited, ({ text, edits, expected }) => {
        expect(applyEdits(text, edits)).toBe(expected)
        expect(applyEdits(expected, reverseEdits(edits))).toBe(text)
        expect(reverseEdits(reverseEdits(edits))).toEqual(edits)
      }),
    )
  })

  test.each([
    ['another text', [{ offset: 0, old: 'legacy', new: 'x' }]],
    [
      'edits that overlap',
      [
        { offset: 0, old: 'serv', new: 'x' },
        { offset: 2, old: 'rv', new: 'y' },
      ],
    ],
    ['an offset behind the end', [{ offset: 99, old: 'x', new: 'y' }]],
  ])('refuses %s, and says to flip instead', (_name, edits) => {
    expect(() => applyEdits('service', edits)).toThrow(
      expect.objectContaining({ code: 'edit-does-not-fit', exitCode: 6, hint: expect.stringContaining('flip') }),
    )
  })
})
