import type { HeaderPair, RawExchange } from '@banyan/toolkit/traffic'
import { headerPairs } from '../forward/header-lines.ts'

/** What a batch of exchanges costs at least, so that few batches carry many. */
const slabBytes = 256 * 1024
/** A slab that is filled less than this is copied out of, for the next batch to use it again. */
const worthGivingAway = slabBytes / 4
const lengthsBytes = 12

/** What is known of an exchange beside its bodies; header lines are flat, as they came. */
export interface FrameHead {
  /** The recorders that want it. */
  readonly to: readonly number[]
  readonly exchange: Omit<RawExchange, 'request' | 'response'>
  readonly method: string
  readonly target: string
  readonly sent: readonly string[]
  readonly status: number
  readonly answered: readonly string[]
  /** How long the bodies are, kept or not; 0: there is none. */
  readonly requestBytes: number
  readonly answerBytes: number
  readonly answerSha256: string | undefined
}

/** An exchange on its way to be redacted, with who wants it. */
export interface Frame {
  readonly to: readonly number[]
  readonly raw: RawExchange
}

/** Exchanges put one behind the other, to go to another thread at once: text and bytes, with nothing to clone. */
export interface FrameBatch {
  /** What it would grow to is given back; when the slab is full, `full` is called first with what is in it. */
  add(head: FrameHead, request: Buffer, answer: Buffer): number
  /** What was added since; undefined for nothing. Its memory may be given away. */
  take(): Uint8Array<ArrayBuffer> | undefined
}

/** Builds an empty batch. */
export function buildFrameBatch(full: (bytes: Uint8Array<ArrayBuffer>) => void): FrameBatch {
  let slab = Buffer.allocUnsafeSlow(slabBytes)
  let used = 0
  const take = () => {
    if (used === 0) return undefined
    const bytes = used < worthGivingAway ? Uint8Array.prototype.slice.call(slab, 0, used) : slab.subarray(0, used)
    if (used >= worthGivingAway) slab = Buffer.allocUnsafeSlow(slabBytes)
    used = 0
    return bytes as Uint8Array<ArrayBuffer>
  }
  return {
    take,
    add: (head, request, answer) => {
      const text = JSON.stringify(head)
      const atMost = lengthsBytes + text.length * 3 + request.length + answer.length
      if (used + atMost > slab.length) {
        const bytes = take()
        if (bytes !== undefined) full(bytes)
        if (atMost > slab.length) slab = Buffer.allocUnsafeSlow(atMost)
      }
      const before = used
      used = writeFrame(slab, used, { text, request, answer })
      return used - before
    },
  }
}

function writeFrame(
  slab: Buffer,
  at: number,
  { text, request, answer }: { readonly text: string; readonly request: Buffer; readonly answer: Buffer },
): number {
  const written = slab.write(text, at + lengthsBytes)
  slab.writeUInt32LE(written, at)
  slab.writeUInt32LE(request.length, at + 4)
  slab.writeUInt32LE(answer.length, at + 8)
  const requestAt = at + lengthsBytes + written
  request.copy(slab, requestAt)
  answer.copy(slab, requestAt + request.length)
  return requestAt + request.length + answer.length
}

/** The exchanges of a batch, in order. Their bodies are parts of its memory. */
export function* framesIn(batch: Uint8Array): Generator<Frame> {
  const bytes = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const [text, request, answer] = [0, 4, 8].map((offset) => bytes.readUInt32LE(at + offset))
    const headAt = at + lengthsBytes
    const requestAt = headAt + (text ?? 0)
    const answerAt = requestAt + (request ?? 0)
    at = answerAt + (answer ?? 0)
    // Written by this program, a moment ago.
    const head = JSON.parse(bytes.toString('utf8', headAt, requestAt)) as FrameHead
    yield { to: head.to, raw: rawOf(head, bytes.subarray(requestAt, answerAt), bytes.subarray(answerAt, at)) }
  }
}

function rawOf(head: FrameHead, request: Buffer, answer: Buffer): RawExchange {
  const { exchange, method, target, status, requestBytes, answerBytes, answerSha256 } = head
  return {
    ...exchange,
    capability: exchange.capability,
    caller: exchange.caller,
    request: { method, target, headers: pairs(head.sent), body: bodyOf(request, requestBytes) },
    response: { status, headers: pairs(head.answered), body: bodyOf(answer, answerBytes, answerSha256) },
  }
}

function pairs(flat: readonly string[]): readonly HeaderPair[] {
  return headerPairs(flat)
}

function bodyOf(kept: Buffer, bytes: number, sha256?: string) {
  return bytes === 0 ? undefined : { kept, bytes, sha256 }
}
