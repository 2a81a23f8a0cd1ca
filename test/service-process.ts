import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A process of ours under test, with everything that it has said so far. */
export interface ServiceProcess {
  readonly process: ChildProcess
  /** Its exit code. */
  readonly ended: Promise<unknown>
  /** The first line with this text in it; waits for it, and throws when the process ends without having said it. */
  line(text: string): Promise<string>
  output(): string
}

/** Runs a program of ours from its source, with nothing in its environment but `env`; killed when the test ends. */
export function startProcess(file: string, env: Readonly<Record<string, string>>): ServiceProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'close').then(([code]) => code)
  onTestFinished(() => void child.kill('SIGKILL'))
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = output
        .split('\n')
        .slice(0, -1)
        .find((candidate) => candidate.includes(text))
      if (found !== undefined) return found
      if (child.exitCode !== null) throw new Error(`ended without saying "${text}": ${output}`)
      await Promise.race([once(child.stdout, 'data'), ended])
    }
  }
  return { process: child, ended, line, output: () => output }
}

/** A port that somebody else listens on until the test ends. */
export async function takenPort(): Promise<string> {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const address = taken.address()
  return String(typeof address === 'object' && address !== null ? address.port : 0)
}
