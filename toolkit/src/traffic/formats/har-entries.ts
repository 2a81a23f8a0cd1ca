const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d]
const maxKeyBytes = 64

/** The bytes of one element of `log.entries`; `bytes` is undefined when it is larger than the bound. */
export interface EntryBytes {
  readonly offset: number
  readonly bytes: Buffer | undefined
  /** False when the file ends within it. */
  readonly whole: boolean
}

/**
 * Cuts the elements of `log.entries` out of a HAR as it streams by, whatever its size; what is around them is passed
 * over. Returns whether there were any entries to look for.
 */
export async function* splitEntries(
  chunks: AsyncIterable<Buffer>,
  maxEntryBytes: number,
): AsyncGenerator<EntryBytes, { readonly isHar: boolean }> {
  const splitter = new EntrySplitter(maxEntryBytes)
  for await (const chunk of chunks) yield* splitter.push(chunk)
  const rest = splitter.rest()
  if (rest !== undefined) yield rest
  return { isHar: splitter.sawEntries }
}

/** A class, for it holds an element that is half read. Knows of JSON no more than strings, depth and the keys on the way. */
class EntrySplitter {
  sawEntries = false
  readonly #maxEntryBytes: number
  #offset = 0
  #depth = 0
  #inString = false
  #escaped = false
  #text = ''
  readonly #keys = ['', '', '']
  #inEntries = false
  #entryAt: number | undefined
  #parts: Buffer[] = []
  #partBytes = 0

  constructor(maxEntryBytes: number) {
    this.#maxEntryBytes = maxEntryBytes
  }

  *push(chunk: Buffer): Generator<EntryBytes> {
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0
      if (this.#inString) this.#inText(byte)
      else if (this.#ends(byte)) {
        this.#keep(chunk.subarray(from, at))
        yield this.#taken(true)
        this.#structure(byte)
      } else {
        const began = this.#structure(byte, this.#offset + at)
        if (began) from = at
        if (byte === closeObject && this.#inEntries && this.#depth === 3 && this.#entryAt !== undefined) {
          this.#keep(chunk.subarray(from, at + 1))
          yield this.#taken(true)
        }
      }
    }
    if (this.#entryAt !== undefined) this.#keep(chunk.subarray(from))
    this.#offset += chunk.length
  }

  rest(): EntryBytes | undefined {
    return this.#entryAt === undefined ? undefined : this.#taken(false)
  }

  /** Whether this byte ends an element that is no object: a number, a word, a text. */
  #ends(byte: number): boolean {
    return this.#entryAt !== undefined && this.#depth === 3 && (byte === comma || byte === closeArray)
  }

  #inText(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === backslash) this.#escaped = true
    else if (byte === quote) this.#inString = false
    else if (this.#depth <= 2 && this.#text.length < maxKeyBytes) this.#text += String.fromCharCode(byte)
  }

  /** Follows one byte outside of texts; true when an element begins with it. */
  #structure(byte: number, at = 0): boolean {
    const begins = this.#inEntries && this.#depth === 3 && this.#entryAt === undefined && beginsValue(byte)
    if (begins) this.#entryAt = at
    if (byte === quote) {
      this.#inString = true
      this.#text = ''
    } else if (byte === colon && this.#depth <= 2) this.#keys[this.#depth] = this.#text
    else if (byte === openObject || byte === openArray) this.#open(byte)
    else if (byte === closeObject || byte === closeArray) this.#close()
    return begins
  }

  #open(byte: number): void {
    const entries = byte === openArray && this.#depth === 2 && this.#keys[1] === 'log' && this.#keys[2] === 'entries'
    this.#depth += 1
    if (!entries) return
    this.#inEntries = true
    this.sawEntries = true
  }

  #close(): void {
    this.#depth -= 1
    if (this.#depth < 3) this.#inEntries = false
  }

  #keep(part: Buffer): void {
    this.#partBytes += part.length
    if (this.#partBytes <= this.#maxEntryBytes) this.#parts.push(part)
    else this.#parts = []
  }

  #taken(whole: boolean): EntryBytes {
    const bytes = this.#partBytes > this.#maxEntryBytes ? undefined : Buffer.concat(this.#parts)
    const entry = { offset: this.#entryAt ?? 0, bytes, whole }
    this.#entryAt = undefined
    this.#parts = []
    this.#partBytes = 0
    return entry
  }
}

function beginsValue(byte: number): boolean {
  return byte > 0x20 && byte !== comma && byte !== closeArray && byte !== closeObject
}
