import type { AnswerBody, BodyReader, UpstreamFault } from '../sender.ts'

const nothing = Buffer.alloc(0)

/** A body that came together with its head. */
export class WholeBody implements AnswerBody {
  readonly whole: Buffer

  constructor(parts: readonly Buffer[]) {
    this.whole = parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? nothing)
  }

  readBy(reader: BodyReader): void {
    if (this.whole.length > 0) reader.part(this.whole)
    reader.ended()
  }

  pause(): void {}
  resume(): void {}
  drop(): void {}
}

/** What a body does to the connection that it comes from. */
export interface BodySource {
  pause(): void
  resume(): void
  drop(): void
}

/** A body that is still on its way. What comes before its reader is kept, and its upstream is held back. */
export class FlowingBody implements AnswerBody {
  readonly whole = undefined
  readonly #source: BodySource
  #early: Buffer[]
  #reader: BodyReader | undefined
  #end: UpstreamFault | 'whole' | undefined
  #dropped = false

  constructor(source: BodySource, early: Buffer[]) {
    this.#source = source
    this.#early = early
    if (early.length > 0) source.pause()
  }

  readBy(reader: BodyReader): void {
    const early = this.#early
    this.#early = []
    this.#reader = reader
    if (early.length > 0) this.#source.resume()
    for (const part of early) if (!this.#dropped) reader.part(part)
    this.#tell()
  }

  pause(): void {
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }

  drop(): void {
    if (this.#dropped) return
    this.#dropped = true
    this.#early = []
    if (this.#end === undefined) this.#source.drop()
  }

  /** A part has come. */
  part(bytes: Buffer): void {
    if (this.#dropped) return
    if (this.#reader !== undefined) return void this.#reader.part(bytes)
    this.#early.push(bytes)
    this.#source.pause()
  }

  /** It is over: whole, or cut by a fault. */
  over(end: UpstreamFault | 'whole'): void {
    this.#end ??= end
    this.#tell()
  }

  #tell(): void {
    const reader = this.#reader
    if (reader === undefined || this.#dropped || this.#end === undefined) return
    this.#reader = undefined
    if (this.#end === 'whole') reader.ended()
    else reader.cut(this.#end)
  }
}
