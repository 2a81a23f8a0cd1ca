import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, messageOf, parseJson } from '@banyan/toolkit/base'
import { removeCopy, thisMachine } from '@banyan/toolkit/data-sync'

/** The folder of one replay on copies: it holds the copies of SQLite files, the arms' logs, and the note of what is to be removed. */
export interface TwinFolder {
  readonly path: string
  /** Names a copy so that nobody else's is called the same. */
  nameOf(arm: 'legacy' | 'service'): string
  /** Notes copies before they are made, so that the next start finds what a killed one left behind. */
  note(copies: readonly string[]): Promise<void>
  /** Removes the copies that were noted, and the folder. */
  remove(): Promise<void>
}

const noteFile = 'twin.json'

/** Makes a folder below the state folder; readable by its owner only, for the copies are as secret as the originals. */
export async function openTwinFolder(state: string): Promise<TwinFolder> {
  const id = randomBytes(4).toString('hex')
  const path = join(state, 'twins', id)
  await mkdir(path, { recursive: true, mode: 0o700 })
  const { own } = thisMachine()
  let noted: readonly string[] = []
  const note = async (copies: readonly string[]) => {
    noted = copies
    const text = JSON.stringify({ pid: process.pid, process: own, copies })
    await writeFile(join(path, noteFile), `${text}\n`, { mode: 0o600 })
  }
  await note([])
  return { path, note, nameOf: (arm) => `banyan_twin_${id}_${arm}`, remove: () => removeAll(path, noted) }
}

/** What an earlier replay left behind. */
export interface Leftovers {
  readonly removed: number
  /** Copies that could not be removed, each with the reason. */
  readonly left: readonly string[]
}

/** Removes what replays left behind that were killed: copies whose maker has ended. Their arms ended with them. */
export async function removeLeftovers(state: string): Promise<Leftovers> {
  const twins = join(state, 'twins')
  const names = await readdir(twins).catch(() => [])
  let removed = 0
  const left: string[] = []
  for (const name of names) {
    const folder = join(twins, name)
    const note = parseJson(await readFile(join(folder, noteFile), 'utf8').catch(() => ''))
    if (isJsonObject(note) && isAtWork(note)) continue
    const copies = isJsonObject(note) && Array.isArray(note.copies) ? note.copies.map(String) : []
    try {
      await removeAll(folder, copies)
      removed++
    } catch (thrown) {
      left.push(`${folder}: ${messageOf(thrown)}`)
    }
  }
  return { removed, left }
}

async function removeAll(folder: string, copies: readonly string[]): Promise<void> {
  for (const copy of copies) await removeCopy(copy)
  await rm(folder, { recursive: true, force: true })
}

function isAtWork({ pid, process: mark }: Readonly<Record<string, unknown>>): boolean {
  if (typeof mark === 'string') return !thisMachine().hasEnded(mark)
  return typeof pid === 'number' && exists(pid)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
