import { lend, spareBytes, takeBuffer } from '../spare-buffers.ts'

/** One buffer into which all connections read that have little to read: what stands there is taken at once. */
const shared = Buffer.allocUnsafeSlow(spareBytes)
/** From this size on bytes go to their reader together with a buffer, which is used again; what is smaller is copied. */
const minLentBytes = 16 * 1024

/** Where one connection reads into: the shared buffer, or one of its own while a large body flows. */
export class ReadBuffer {
  #buffer: Buffer = shared
  #lent = false
  #large = false

  /** The buffer for the next read. */
  next(): Buffer {
    if (this.#large ? this.#lent || this.#buffer === shared : this.#buffer !== shared) {
      this.#buffer = this.#large ? takeBuffer() : shared
      this.#lent = false
    }
    return this.#buffer
  }

  /** The bytes that were read. */
  read(bytes: number): Buffer {
    return this.#buffer.subarray(0, bytes)
  }

  /** Says whether much is still to come. */
  expect(large: boolean): void {
    this.#large = large
  }

  /** The same bytes, to be kept by whoever wants them. */
  keep(view: Buffer): Buffer {
    if (view.length < minLentBytes || view.length > spareBytes) return Buffer.from(view)
    if (view.buffer === this.#buffer.buffer && this.#buffer !== shared && !this.#lent) {
      this.#lent = true
      return lend(view)
    }
    const kept = takeBuffer().subarray(0, view.length)
    view.copy(kept)
    return lend(kept)
  }
}
