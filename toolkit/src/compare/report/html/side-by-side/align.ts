/** Two lists side by side: what stands opposite what; -1 where there is nothing. Both keep their order. */
export type Pairs = readonly (readonly [left: number, right: number])[]

/** Beyond so many cells the lists are aligned by their beginning and end alone. */
const maxCells = 250_000

/**
 * Aligns two lists by a longest common subsequence of equal keys (Wagner and Fischer 1974); what differs between two
 * equal stretches stands opposite each other, in order, for it probably is the same thing changed.
 */
export function align(left: readonly string[], right: readonly string[]): Pairs {
  const head = commonHead(left, right)
  const tail = commonTail(left, right, head)
  const middle = { left: left.slice(head, left.length - tail), right: right.slice(head, right.length - tail) }
  const kept = middle.left.length * middle.right.length <= maxCells ? commonOf(middle.left, middle.right) : []
  return [
    ...range(head).map((index) => [index, index] as const),
    ...between(kept, middle.left.length, middle.right.length).map(
      ([a, b]) => [shift(a, head), shift(b, head)] as const,
    ),
    ...range(tail).map((index) => [left.length - tail + index, right.length - tail + index] as const),
  ]
}

function commonHead(left: readonly string[], right: readonly string[]): number {
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1
  return head
}

function commonTail(left: readonly string[], right: readonly string[], head: number): number {
  let tail = 0
  const most = Math.min(left.length, right.length) - head
  while (tail < most && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1
  return tail
}

/** The pairs of a longest common subsequence, in order. */
function commonOf(left: readonly string[], right: readonly string[]): readonly (readonly [number, number])[] {
  const width = right.length + 1
  const lengths = new Uint32Array((left.length + 1) * width)
  const at = (a: number, b: number) => lengths[a * width + b] ?? 0
  for (let a = left.length - 1; a >= 0; a--)
    for (let b = right.length - 1; b >= 0; b--)
      lengths[a * width + b] = left[a] === right[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1))
  const pairs: (readonly [number, number])[] = []
  for (let a = 0, b = 0; a < left.length && b < right.length; ) {
    if (left[a] === right[b]) pairs.push([a++, b++])
    else if (at(a + 1, b) >= at(a, b + 1)) a += 1
    else b += 1
  }
  return pairs
}

/** Fills the gaps between equal pairs: opposite each other as far as both sides reach. */
function between(kept: readonly (readonly [number, number])[], lefts: number, rights: number): Pairs {
  const pairs: (readonly [number, number])[] = []
  let [a, b] = [0, 0]
  for (const [nextA, nextB] of [...kept, [lefts, rights] as const]) {
    for (; a < nextA || b < nextB; ) pairs.push([a < nextA ? a++ : -1, b < nextB ? b++ : -1])
    if (nextA < lefts || nextB < rights) pairs.push([a++, b++])
  }
  return pairs
}

function shift(index: number, by: number): number {
  return index < 0 ? index : index + by
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index)
}
