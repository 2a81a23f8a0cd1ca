import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/**
 * Starts one arm in a process of its own: SQLite waits for a lock by stopping its whole process, which must not be the one
 * that holds the lock.
 */
export async function startArm(arm: 'legacy' | 'service', database: string) {
  const main = path.join(import.meta.dirname, 'arm-main.ts')
  const node = ['--import', 'tsx', '--conditions=banyan-source', main, arm, database]
  const child = spawn(process.execPath, node, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return {
    url: `http://127.0.0.1:${String(port).trim()}`,
    close: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}
