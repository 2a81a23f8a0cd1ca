import type { Socket } from 'node:net'
import type { Answer } from '../../../compare/index.ts'
import type { ArmAnswer } from '../arm-answer.ts'
import { type ReplayRequest, safeMethods } from '../replay-request.ts'
import { requestHead } from './request-text.ts'

/** Where a request is: on a connection, or in a queue. */
export interface Whereabouts {
  /** It is waited for no longer. */
  giveUp(asked: Asked): void
}

/** How a request is asked. */
export interface AskedOptions {
  /** Of the arm; sent where the request names none. */
  readonly host: string
  readonly timeoutMs: number
  /** Told once what became of it. */
  readonly told: (outcome: ArmAnswer) => void
}

/** One request that an answer is waited for: it ends once. */
export class Asked {
  readonly request: ReplayRequest
  /** What gives it up when it is late. */
  where: Whereabouts | undefined
  readonly #head: string
  readonly #told: (outcome: ArmAnswer) => void
  readonly #timer: NodeJS.Timeout
  #anew = false
  #since = performance.now()

  /** Throws for a request that cannot be sent. */
  constructor(request: ReplayRequest, { host, timeoutMs, told }: AskedOptions) {
    this.request = request
    this.#head = requestHead(request, host)
    this.#told = told
    this.#timer = setTimeout(isLate, timeoutMs, this, timeoutMs)
  }

  writeTo(socket: Socket): void {
    const { body } = this.request
    this.#since = performance.now()
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
    this.#told({ ok: true, answer, tookMs: performance.now() - this.#since })
  }

  fail(why: string): void {
    clearTimeout(this.#timer)
    this.#told({ ok: false, why, tookMs: performance.now() - this.#since })
  }
}

function isLate(asked: Asked, timeoutMs: number): void {
  asked.where?.giveUp(asked)
  asked.fail(`timeout: no whole answer within ${timeoutMs} ms`)
}
