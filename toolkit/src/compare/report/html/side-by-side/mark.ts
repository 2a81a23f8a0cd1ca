import { html, type Markup } from '../markup.ts'

/** A line beside the other with what differs in it marked; undefined where there is no such line. */
export function markChanged(
  left: string | undefined,
  right: string | undefined,
): readonly [Markup | undefined, Markup | undefined] {
  if (left === undefined || right === undefined) return [whole(left), whole(right)]
  const head = commonHead(left, right)
  const tail = commonTail(left, right, head)
  return [marked(left, head, tail), marked(right, head, tail)]
}

function whole(text: string | undefined): Markup | undefined {
  return text === undefined ? undefined : html`${indentOf(text)}<mark>${text.trimStart()}</mark>`
}

function marked(text: string, head: number, tail: number): Markup {
  const changed = text.slice(head, text.length - tail)
  if (changed === '') return html`${text.slice(0, head)}<mark class="gap"></mark>${text.slice(head)}`
  return html`${text.slice(0, head)}<mark>${changed}</mark>${text.slice(text.length - tail)}`
}

function indentOf(text: string): string {
  return text.slice(0, text.length - text.trimStart().length)
}

/** Up to the first character that differs, but never into a word or number: half a number says nothing. */
function commonHead(left: string, right: string): number {
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1
  while (head > 0 && (splits(left, head) || splits(right, head))) head -= 1
  return head
}

function commonTail(left: string, right: string, head: number): number {
  let tail = 0
  const most = Math.min(left.length, right.length) - head
  while (tail < most && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1
  while (tail > 0 && (splits(left, left.length - tail) || splits(right, right.length - tail))) tail -= 1
  return tail
}

/** Whether a text cut at this place would be cut inside a word or a number. */
function splits(text: string, at: number): boolean {
  const before = classOf(text[at - 1])
  return before !== undefined && before === classOf(text[at])
}

function classOf(character: string | undefined): 'digit' | 'letter' | undefined {
  if (character === undefined) return undefined
  if (/[\d.]/.test(character)) return 'digit'
  return /[\p{L}\p{M}\uD800-\uDFFF]/u.test(character) ? 'letter' : undefined
}
