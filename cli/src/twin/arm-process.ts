import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Clock, exitCodes, Fault } from '@banyan/toolkit/base'
import type { ArmCommand } from './arm-command.ts'

/** One arm that runs on its copy. */
export interface ArmProcess {
  /** Its base URL. */
  readonly url: string
  /** The process group of all that the command started. */
  readonly group: number
  /** Rejects when it ends although nobody asked it to. */
  readonly broken: Promise<never>
  /** Asks it to stop, and ends what is left of it after five seconds. */
  stop(): Promise<void>
}

/** How an arm is started and watched. */
export interface ArmProcessOptions {
  readonly arm: 'legacy' | 'service'
  readonly port: number
  readonly logFile: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

const readyWithinMs = 60_000
const stopWithinMs = 5000

/**
 * Stays beside the arm as the leader of its process group. When the other end of its input is gone, because `banyan` ended in whatever way, it ends the
 * whole group, itself included: nothing is left running, even after a kill -9.
 */
const guardian = `exec 3<&0 </dev/null
"$@" 3<&- &
arm=$!
{ read -r nothing <&3; kill -KILL 0; } &
watch=$!
exec 3<&-
trap : TERM
wait "$arm"
code=$?
while kill -0 "$arm" 2>/dev/null; do
  wait "$arm"
  code=$?
done
trap - TERM
kill "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$code"`

/** Starts an arm and waits until it answers. Throws `twin-arm-failed`, with the end of what it said, when it does not. */
export async function startArm(command: ArmCommand, options: ArmProcessOptions): Promise<ArmProcess> {
  const { arm, port, logFile, signal } = options
  const child = spawnGuarded(command, logFile)
  const ended = once(child, 'exit').then(([code, name]) => `it ended with ${name ?? `exit code ${code}`}`)
  const url = `http://127.0.0.1:${port}`
  const failed = async (why: string) => {
    const log = await tailOf(logFile)
    return new Fault('twin-arm-failed', `the ${arm} arm does not run on its copy: ${why}${log}`, {
      hint: `what was started: ${[command.command].flat().join(' ')}`,
      exitCode: exitCodes.unreachable,
    })
  }
  const process = { url, group: child.pid ?? 0, stop: () => stopGroup(child, ended, options.clock) }
  const outcome = await Promise.race([ready(`${url}${command.health}`, options), ended])
  if (outcome !== 'ready') {
    await process.stop()
    signal.throwIfAborted()
    throw await failed(outcome)
  }
  const broken = ended.then(async (how) => {
    throw await failed(how)
  })
  broken.catch(() => undefined) // Whoever waits for it hears of it; when it is stopped, nobody does.
  return { ...process, broken }
}

function spawnGuarded({ command, env, folder }: ArmCommand, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600)
  const words = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  try {
    return spawn('/bin/sh', ['-c', guardian, 'banyan-twin', ...words], {
      ...(folder === undefined ? {} : { cwd: folder }),
      env,
      stdio: ['pipe', log, log],
      detached: true, // A group of its own: Ctrl-C in the terminal reaches only us, and we stop everybody in the right order.
    })
  } finally {
    closeSync(log)
  }
}

async function ready(url: string, { clock, signal }: ArmProcessOptions): Promise<string> {
  const deadline = clock.monotonic() + readyWithinMs
  while (clock.monotonic() < deadline && !signal.aborted) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000), redirect: 'manual' }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined && answer.status < 500) return 'ready'
    await clock.sleep(50, signal).catch(() => undefined)
  }
  return `no answer from ${url} within ${readyWithinMs / 1000} s`
}

async function stopGroup(child: ChildProcess, ended: Promise<string>, clock: Clock): Promise<void> {
  const group = child.pid
  if (group === undefined) return
  signalGroup(group, 'SIGTERM')
  const late = new AbortController()
  await Promise.race([ended, clock.sleep(stopWithinMs, late.signal).catch(() => undefined)])
  late.abort()
  signalGroup(group, 'SIGKILL') // Whatever the command started and did not take along.
  child.stdin?.destroy()
  await ended
}

function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, signal)
  } catch {
    // There is nobody left in it.
  }
}

async function tailOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const lines = text.trimEnd().split('\n').slice(-8)
  return text.trim() === '' ? '' : `\n${lines.map((line) => `  | ${line}`).join('\n')}`
}
