// The processes of the edge's benchmark: proxies on one core, everything else on the other, where there are two.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const children = []
const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0
/** Where it may, the benchmark goes before whatever else the machine does. */
const niceness = process.getuid?.() === 0 ? '-15' : undefined

/** Starts a command on the core of the `proxy` or of the `load`. */
export function start(core, command, spawnOptions = {}) {
  const first = niceness === undefined ? [] : ['nice', '-n', niceness]
  const all = [...first, ...(pinned ? ['taskset', '-c', core === 'proxy' ? '1' : '0'] : []), ...command]
  const child = spawn(all[0], all.slice(1), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...spawnOptions })
  children.push(child)
  if (niceness !== undefined) raiseGroup(child)
  return child
}

/** Linux weighs groups of processes first, and processes within their group (sched_autogroup). */
function raiseGroup({ pid }) {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, niceness)
  } catch {
    // A kernel without such groups weighs processes alone.
  }
}

/** Starts a file of this folder with Node. */
export function startHelper(core, file, ...argv) {
  return start(core, [process.execPath, join(import.meta.dirname, file), ...argv.map(String)])
}

/** What a helper tells when it is ready, or at its end. */
export function told(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)))
  })
}

/** Ends all that was started. */
export function stopAll() {
  for (const child of children) child.kill('SIGTERM')
}

/** CPU time that a process has used so far, in s; Linux only. */
export function cpuSecondsOf({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Memory of a process, in MiB. */
export function residentMiB({ pid }) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024
}

/** A port that nobody listens on. */
export async function freePort() {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Waits until a server on a port answers. */
export async function answers(port) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`nothing answers on port ${port}`)
}
