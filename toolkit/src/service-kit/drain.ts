import { messageOf } from '../base/index.ts'

/** What a drain says while it works; pino's loggers fit. */
export interface DrainLog {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

/** Something held open, by the name that a log line shows. Opened first comes first: it is closed last. */
export interface Held {
  readonly name: string
  close(): Promise<unknown>
}

/** The part of `process` that a drain needs, handed in by `main.ts`. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  exit(code: number): void
}

/** What `drainOnSignal` may be told. */
export interface DrainOptions {
  readonly log: DrainLog
  /** How long everything together may take to close; past it the process ends with 1. Default 10 000. */
  readonly boundMs?: number
}

/**
 * At the first SIGTERM or SIGINT closes what is held, in reverse order, then ends the process with 0; with 1 when
 * something would not close within the bound. A second signal ends it at once.
 */
export function drainOnSignal(source: SignalSource, held: readonly Held[], options: DrainOptions): void {
  let draining = false
  const begin = (signal: string) => {
    if (draining) return source.exit(1)
    draining = true
    options.log.info({ signal }, 'draining')
    void drain(held, options).then((clean) => source.exit(clean ? 0 : 1))
  }
  source.on('SIGTERM', () => begin('SIGTERM'))
  source.on('SIGINT', () => begin('SIGINT'))
}

/** Closes what is held, last opened first, within the bound; false when something failed or took too long. */
export async function drain(held: readonly Held[], options: DrainOptions): Promise<boolean> {
  const { log, boundMs = 10_000 } = options
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      log.error({ boundMs }, 'drain took too long')
      resolve(false)
    }, boundMs)
  })
  const clean = await Promise.race([closeAll(held, log), late])
  clearTimeout(timer)
  if (clean) log.info({}, 'drained')
  return clean
}

async function closeAll(held: readonly Held[], log: DrainLog): Promise<boolean> {
  let clean = true
  for (const { name, close } of held.toReversed()) {
    try {
      await close()
    } catch (error) {
      // The others must still be closed: the exit code says that this one was not.
      clean = false
      log.error({ held: name, reason: messageOf(error) }, 'did not close')
    }
  }
  return clean
}
