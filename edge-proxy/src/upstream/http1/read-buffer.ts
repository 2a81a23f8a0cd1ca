/** One buffer into which all connections read that have little to read: what stands there is taken at once. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)
const ownBytes = 64 * 1024
/** From this size on, bytes are handed over together with their buffer instead of being copied. */
const minHandedOverBytes = 16 * 1024

/** Where one connection reads into: the shared buffer, or one of its own while a large body flows. */
export class ReadBuffer {
  #buffer = shared
  #given = false
  #large = false

  /** The buffer for the next read. */
  next(): Buffer {
    if (this.#large ? this.#given || this.#buffer === shared : this.#buffer !== shared) {
      this.#buffer = this.#large ? Buffer.allocUnsafeSlow(ownBytes) : shared
      this.#given = false
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
    if (view.buffer !== shared.buffer && view.length >= minHandedOverBytes) {
      if (view.buffer === this.#buffer.buffer) this.#given = true
      return view
    }
    return Buffer.from(view)
  }
}
