import { exitCodes, Fault } from '../base/index.ts'

/** One replacement in a text; `offset` counts UTF-16 code units of the text before any edit of the list. */
export interface Edit {
  readonly offset: number
  readonly old: string
  readonly new: string
}

/**
 * Applies edits that are in order and do not overlap. Throws `edit-does-not-fit` (exit 6) when the text is not the
 * one that they were made for.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const edit of edits) {
    if (edit.offset < at || !text.startsWith(edit.old, edit.offset)) throw doesNotFit(edit)
    result += text.slice(at, edit.offset) + edit.new
    at = edit.offset + edit.old.length
  }
  return result + text.slice(at)
}

/** The edits that take applied edits back: `applyEdits(applyEdits(text, edits), reverseEdits(edits))` is `text`. */
export function reverseEdits(edits: readonly Edit[]): readonly Edit[] {
  let shift = 0
  return edits.map((edit) => {
    const reversed = { offset: edit.offset + shift, old: edit.new, new: edit.old }
    shift += edit.new.length - edit.old.length
    return reversed
  })
}

function doesNotFit(edit: Edit): Fault {
  return new Fault('edit-does-not-fit', `the text is not ${JSON.stringify(edit.old)} at offset ${edit.offset}`, {
    hint: 'the file changed since; flip the route to the value that you want instead',
    exitCode: exitCodes.refused,
  })
}
