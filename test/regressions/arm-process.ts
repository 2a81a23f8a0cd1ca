import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { ArmQuestion, ArmReply } from './arm-messages.ts'

/** An arm that runs as a process of its own. */
export interface ArmProcess {
  /** Serves a database anew on another port; returns its URL. */
  serve(question: Omit<Extract<ArmQuestion, { kind: 'serve' }>, 'kind'>): Promise<string>
  /** Answers that were spoiled since, by regression. */
  spoiled(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

/** Starts an arm's process; it ends with `stop`, and with us. */
export function startArmProcess(): ArmProcess {
  const child = fork(path.join(import.meta.dirname, 'arm-main.ts'), {
    execArgv: ['--import', 'tsx', '--conditions=banyan-source'],
  })
  const ended = once(child, 'exit')
  const ask = (question: ArmQuestion) => askOf(child, question, ended)
  return {
    async serve(question) {
      const said = await ask({ kind: 'serve', ...question })
      if (said.kind === 'serving') return said.url
      throw new Error(said.kind === 'failed' ? said.why : `it said ${said.kind}`)
    },
    async spoiled() {
      const said = await ask({ kind: 'spoiled' })
      return said.kind === 'spoiled' ? said.counts : {}
    },
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function askOf(
  child: ChildProcess,
  question: ArmQuestion,
  ended: Promise<readonly unknown[]>,
): Promise<ArmReply> {
  const said = once(child, 'message').then(([reply]) => reply as ArmReply)
  child.send(question)
  const gone = ended.then(([code]): never => {
    throw new Error(`the arm's process ended with ${code}`)
  })
  return await Promise.race([said, gone])
}
