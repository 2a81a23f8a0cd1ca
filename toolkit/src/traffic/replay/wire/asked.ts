import type { Socket } from 'node:net'
import type { Answer } from '../../../compare/index.ts'
import { type ReplayRequest, safeMethods } from '../replay-request.ts'
import { requestHead } from './request-text.ts'

/** Who waits for an answer. */
export interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (why: Error) => void
}

/** One request that an answer is waited for: it ends once. */
export class Asked {
  readonly request: ReplayRequest
  readonly #head: string
  readonly #waiting: Waiting
  readonly #timer: NodeJS.Timeout
  #anew = false
  /** Ends the connection that it was asked on, or takes it out of the queue. */
  onLate: () => void = () => {}

  /** Throws for a request that cannot be sent. */
  constructor(
    request: ReplayRequest,
    { host, timeoutMs }: { readonly host: string; readonly timeoutMs: number },
    waiting: Waiting,
  ) {
    this.request = request
    this.#head = requestHead(request, host)
    this.#waiting = waiting
    this.#timer = setTimeout(isLate, timeoutMs, this, timeoutMs)
  }

  writeTo(socket: Socket): void {
    const { body } = this.request
    if (body === undefined) socket.write(this.#head, 'latin1')
    else socket.write(Buffer.concat([Buffer.from(this.#head, 'latin1'), Buffer.from(body)]))
  }

  /** Once, and only what changes nothing (RFC 9112, section 9.3.1). */
  mayBeAskedAnew(): boolean {
    const may = !this.#anew && safeMethods.has(this.request.method)
    this.#anew = true
    return may
  }

  end(answer: Answer): void {
    clearTimeout(this.#timer)
    this.#waiting.resolve(answer)
  }

  fail(why: Error): void {
    clearTimeout(this.#timer)
    this.#waiting.reject(why)
  }
}

function isLate(asked: Asked, timeoutMs: number): void {
  asked.onLate()
  asked.fail(new Error(`timeout: no whole answer within ${timeoutMs} ms`))
}
