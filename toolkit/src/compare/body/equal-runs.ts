/** A stretch of two texts that is equal byte for byte: `legacy[at]` is `service[at + shift]` for each `at` from `from` up to `to`. */
export interface EqualRun {
  readonly from: number
  readonly to: number
  readonly shift: number
}

/** Where both texts stand. */
interface Place {
  readonly legacy: number
  readonly service: number
}

/** Texts that differ more often than this have little to share. */
const maxRuns = 64
/** How far behind a difference both are looked over for where they are equal again. */
const windowBytes = 1024
/** Where so many bytes are equal again, the rest is taken to follow. */
const anchorBytes = 24
const maxAnchors = 4

/**
 * Where two texts are equal, in their order and without overlap: what they begin with, what they end with, and between
 * differences that are short. It finds what is cheap to find, not all there is.
 */
export function equalRuns(legacy: Buffer, service: Buffer): readonly EqualRun[] {
  const runs: EqualRun[] = []
  const begin = equalFrom(legacy, service, { legacy: 0, service: 0 })
  const tail = equalAtEnd(legacy, service, Math.min(legacy.length, service.length) - begin)
  const [left, right] = [legacy.subarray(0, legacy.length - tail), service.subarray(0, service.length - tail)]
  addRun(runs, { from: 0, to: begin, shift: 0 })
  let at: Place = { legacy: begin, service: begin }
  while (runs.length < maxRuns && at.legacy < left.length && at.service < right.length) {
    const next = equalAgain(left, right, at)
    if (next === undefined) break
    const length = equalFrom(left, right, next)
    addRun(runs, { from: next.legacy, to: next.legacy + length, shift: next.service - next.legacy })
    at = { legacy: next.legacy + length, service: next.service + length }
  }
  addRun(runs, { from: left.length, to: legacy.length, shift: right.length - left.length })
  return runs
}

/** A run that goes on where the last one ended is one with it. */
function addRun(runs: EqualRun[], run: EqualRun): void {
  const last = runs.at(-1)
  if (last !== undefined && last.to === run.from && last.shift === run.shift)
    runs[runs.length - 1] = { ...last, to: run.to }
  else if (run.to > run.from) runs.push(run)
}

/** How many bytes are equal from a place on. */
function equalFrom(legacy: Buffer, service: Buffer, { legacy: a, service: b }: Place): number {
  const most = Math.min(legacy.length - a, service.length - b)
  let count = equalBlocks(most, (from, to) => legacy.compare(service, b + from, b + to, a + from, a + to) === 0)
  while (count < most && legacy[a + count] === service[b + count]) count += 1
  return count
}

function equalAtEnd(legacy: Buffer, service: Buffer, most: number): number {
  const [a, b] = [legacy.length, service.length]
  let count = equalBlocks(most, (from, to) => legacy.compare(service, b - to, b - from, a - to, a - from) === 0)
  while (count < most && legacy[a - 1 - count] === service[b - 1 - count]) count += 1
  return count
}

const smallestBlock = 32

/** How many bytes are equal, less than a block short of it: in blocks that double as long as they are equal, and halve then. */
function equalBlocks(most: number, equal: (from: number, to: number) => boolean): number {
  let count = 0
  let block = smallestBlock
  while (count + block <= most && equal(count, count + block)) {
    count += block
    block *= 2
  }
  for (block /= 2; block >= smallestBlock; block /= 2)
    if (count + block <= most && equal(count, count + block)) count += block
  return count
}

/** Behind a difference: at one of the next commas or closing brackets of the legacy text, as near as before, else nearby. */
function equalAgain(legacy: Buffer, service: Buffer, at: Place): Place | undefined {
  const end = Math.min(legacy.length - anchorBytes, at.legacy + windowBytes)
  let left = maxAnchors
  for (let anchor = at.legacy; anchor < end && left > 0; anchor += 1) {
    if (!isDelimiter(legacy[anchor])) continue
    left -= 1
    const found = findAnchor(legacy, service, { at, anchor })
    if (found !== undefined) return found
  }
  return undefined
}

function findAnchor(
  legacy: Buffer,
  service: Buffer,
  { at, anchor }: { readonly at: Place; readonly anchor: number },
): Place | undefined {
  const wanted = legacy.subarray(anchor, anchor + anchorBytes)
  const asBefore = anchor + at.service - at.legacy
  if (equalFrom(wanted, service, { legacy: 0, service: asBefore }) === anchorBytes)
    return { legacy: anchor, service: asBefore }
  // A member that is missing may have had the comma just before the difference.
  const from = Math.max(0, at.service - 2)
  const index = service.subarray(from, from + windowBytes).indexOf(wanted)
  if (index < 0) return undefined
  const overlap = Math.max(0, at.service - (from + index))
  return { legacy: anchor + overlap, service: from + index + overlap }
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === 0x2c || byte === 0x7d || byte === 0x5d
}
