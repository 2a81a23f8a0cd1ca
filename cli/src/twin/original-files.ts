import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { exitCodes, Fault } from '@banyan/toolkit/base'

/**
 * Throws `twin-on-original` when a process of the group has an original's file open: then its command found the database by itself, and would write where it must not. Linux
 * only; elsewhere, and of databases behind a server, nobody can tell from here.
 */
export async function assertNotOnOriginal(
  arm: 'legacy' | 'service',
  group: number,
  originals: readonly string[],
): Promise<void> {
  const files = await Promise.all(originals.map(fileOf))
  for (const pid of await membersOf(group)) {
    for (const file of await openFilesOf(pid)) {
      if (!files.includes(file)) continue
      throw new Fault('twin-on-original', `the ${arm} arm opened ${file}, which is the original and not its copy`, {
        hint: 'give it the copy by the placeholder {database}; a configuration file of the application may name the original',
        exitCode: exitCodes.refused,
      })
    }
  }
}

async function fileOf(url: string): Promise<string> {
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/i, '')
  return await realpath(path).catch(() => path)
}

async function membersOf(group: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const groups = await Promise.all(pids.map(groupOf))
  return pids.filter((_, at) => groups[at] === group)
}

/** The third field behind the name (proc(5)), which stands in parentheses and may hold anything. */
async function groupOf(pid: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2])
}

async function openFilesOf(pid: string): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  return await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
}
