import type { Clock } from '@banyan/toolkit/base'

/** What a verb may know of the world around the process, so that it can be run without one. */
export interface Shell {
  /** Data: one line (or lines) to standard output. */
  readonly out: (text: string) => void
  /** Messages for people: one line (or lines) to standard error. */
  readonly say: (text: string) => void
  /** Log lines to standard output; left out, and counted, when the reader is too far behind. */
  readonly log: {
    readonly write: (line: string) => void
    readonly lost?: () => number
  }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  /** Resolves when the person presses Enter, or there is nobody to press it; rejects when the signal aborts. */
  readonly enter: () => Promise<void>
  /** What the person types in answer; undefined where there is no terminal to ask at. Rejects when the signal aborts. */
  readonly ask: (question: string) => Promise<string | undefined>
  /** Aborts with Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** `name@machine`, for the journal. */
  readonly who: string
  /** Width of the terminal; where there is none, what COLUMNS says, else 80. */
  readonly columns: number
  /** Width of the terminal that messages go to; undefined where they go elsewhere. */
  readonly messageColumns: number | undefined
  /** Shows one line on the terminal of messages, in place of the one shown before; an empty one takes it away. None where messages go elsewhere. */
  readonly progress?: ((line: string) => void) | undefined
  /** Whether standard output is a terminal; left out: it is a pipe or a file. */
  readonly isTerminal?: boolean
  /** Whether standard output may be coloured. */
  readonly colour: boolean
  /** Ends the process with this code when the verb returns; for outcomes that are no faults. */
  readonly endWith: (exitCode: number) => void
}
