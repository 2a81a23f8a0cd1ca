import { exitCodes, Fault, messageOf } from '../base/index.ts'

/** The part of `process` that ends a process which could not start, handed in by `main.ts`. */
export interface FailingProcess {
  readonly stderr: { write(text: string): unknown }
  exit(code: number): void
}

/** Says on stderr why a process could not start, with the hint, and ends it with the fault's exit code. */
export function failStart(host: FailingProcess, service: string, error: unknown): void {
  const hint = error instanceof Fault && error.hint !== undefined ? `\n  ${error.hint}` : ''
  host.stderr.write(`${service}: ${messageOf(error)}${hint}\n`)
  if (!(error instanceof Fault) && error instanceof Error) host.stderr.write(`${error.stack ?? ''}\n`)
  host.exit(error instanceof Fault ? error.exitCode : exitCodes.unexpected)
}
