import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** How a process of the demo is started. */
export interface ChildSpec {
  /** What people call it: `monolith`, `users`; also the name of its log file. */
  readonly name: string
  /** The TypeScript file that it runs, relative to the repository. */
  readonly entry: string
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Answers 200 when the process is ready. */
  readonly health: string
  readonly logs: string
  /** Ends the wait for its health, and the process with it. */
  readonly signal?: AbortSignal
}

/** A running process of the demo. */
export interface Child {
  readonly name: string
  readonly pid: number
  /** Resolves when it has ended, with its exit code or signal. */
  readonly ended: Promise<string>
  /** Asks it to drain, and ends it when it has not after 15 seconds. */
  stop(): Promise<void>
}

export const root = path.dirname(import.meta.dirname)

/** The flags that run TypeScript of this repository as it is, on any supported Node. */
export const nodeFlags: readonly string[] = ['--import', 'tsx', '--conditions=banyan-source']

const stopWithinMs = 15_000
const readyWithinMs = 30_000

/** Starts a process and waits until it is healthy; throws with the end of its log when it is not. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const logFile = path.join(spec.logs, `${spec.name}.log`)
  const before = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  const child = spawnLogged(spec, logFile)
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? code))
  const outcome = await Promise.race([healthy(spec.health, spec.signal), ended.then((how) => `it ended with ${how}`)])
  if (outcome !== 'healthy') {
    await stopChild(child, ended)
    spec.signal?.throwIfAborted()
    throw new Error(`${spec.name} did not start: ${outcome}\n${tail(logFile, before)}\n  log: ${logFile}`)
  }
  return { name: spec.name, pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended) }
}

function spawnLogged(spec: ChildSpec, logFile: string): ChildProcess {
  mkdirSync(spec.logs, { recursive: true })
  const preload = path.join(import.meta.dirname, 'exit-with-parent.mjs')
  // The process writes its log itself, so that it does not stand before a broken pipe when we are killed.
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [...nodeFlags, '--import', preload, path.join(root, spec.entry), ...(spec.args ?? [])],
    // A group of its own: Ctrl-C in the terminal reaches only us, and we stop everybody in the right order.
    { cwd: root, env: { ...process.env, ...spec.env }, stdio: ['ignore', log, log, 'ipc'], detached: true },
  )
  closeSync(log)
  return child
}

async function healthy(url: string, signal?: AbortSignal): Promise<string> {
  const deadline = performance.now() + readyWithinMs
  while (performance.now() < deadline && signal?.aborted !== true) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    await answered?.body?.cancel()
    if (answered?.ok) return 'healthy'
    await delay(50)
  }
  return `no answer from ${url} within ${readyWithinMs / 1000} s`
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await ended
  clearTimeout(timer)
}

/** The end of what this start wrote; the log goes on from run to run. */
function tail(file: string, before: number): string {
  const lines = readFileSync(file).subarray(before).toString().trimEnd().split('\n')
  return lines
    .slice(-8)
    .map((line) => `  | ${line}`)
    .join('\n')
}
