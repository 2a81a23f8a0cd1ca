import { exitCodes, Fault, messageOf, systemCodeOf } from '@banyan/toolkit/base'

/** Runs a script to its end, and says what went wrong as `banyan` does; sets the exit code of the process. */
export async function tell(script: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (thrown) {
    const typedWrong = systemCodeOf(thrown)?.startsWith('ERR_PARSE_ARGS') === true
    const hint = typedWrong ? `npm run ${script} -- --help` : thrown instanceof Fault ? thrown.hint : undefined
    process.stderr.write(`banyan: ${messageOf(thrown)}\n${hint === undefined ? '' : `  ${hint}\n`}`)
    if (typedWrong) process.exitCode = exitCodes.usage
    else process.exitCode = thrown instanceof Fault ? thrown.exitCode : exitCodes.unexpected
  }
}

/** What was thrown when a person or a supervisor asked to stop before the end (exit 130). */
export function interrupted(signal: string): Fault {
  return new Fault('interrupted', `${signal}: stopped before the end; nothing is left running`, {
    exitCode: exitCodes.interrupted,
  })
}

/** Resolves with what asked this process to stop: `Ctrl-C` or `SIGTERM`. A second one ends it at once. */
export function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('Ctrl-C'))
    process.once('SIGTERM', () => resolve('SIGTERM'))
  })
}

/** Why a second one of a demo does not start (exit 6). */
export function runsAlready(what: string, pid: number): Fault {
  return new Fault('runs-already', `the ${what} runs already (process ${pid})`, {
    hint: 'stop it with Ctrl-C in its terminal, or give this one a state folder of its own: BANYAN_STATE=.banyan-2',
    exitCode: exitCodes.refused,
  })
}
