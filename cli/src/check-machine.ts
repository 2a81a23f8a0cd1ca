import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { messageOf, systemCodeOf } from '@banyan/toolkit/base'
import { readJournal, verifyJournal } from '@banyan/toolkit/plan'
import { type Finding, fail, ok, type Patient, warn } from './finding.ts'

const enoughBytes = 256 * 1024 ** 2
const oldest = [20, 19] as const

/** Node, the state folder with the room on its disk, the token file and the journal. */
export async function checkMachine({ place }: Patient): Promise<readonly Finding[]> {
  return [
    checkNode(process.versions.node),
    await checkState(place.state),
    await checkToken(place.tokenFile),
    await checkJournal(place.journal),
  ]
}

/** Whether this Node is one that banyan runs on: 20.19 and later. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1])
  return isOld
    ? fail('node', `v${version} is too old`, `install Node ${oldest.join('.')} or later`)
    : ok('node', `v${version}`)
}

async function checkState(folder: string): Promise<Finding> {
  const check = 'state folder'
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(folder)
    const freeBytes = bavail * bsize
    const room = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`
    if (freeBytes > enoughBytes) return ok(check, `${folder}, ${room}`)
    return warn(check, `${folder}: only ${room}`, 'make room: recordings, journal and databases are written here')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT')
      return warn(check, `there is no ${folder}`, 'the first edge or flip makes it; or name another one: --state')
    return fail(check, `${folder}: ${messageOf(thrown)}`, 'let this user write there, or name another one: --state')
  }
}

async function checkToken(file: string): Promise<Finding> {
  try {
    const mode = (await stat(file)).mode & 0o777
    if ((mode & 0o077) === 0) return ok('admin token', file)
    return fail('admin token', `${file} can be read by others (mode ${mode.toString(8)})`, `chmod 600 ${file}`)
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'ENOENT')
      return fail('admin token', messageOf(thrown), 'choose another --state folder')
    return warn(
      'admin token',
      `there is no ${file}`,
      'an edge makes it when it starts: banyan edge. Or name its folder: --state',
    )
  }
}

async function checkJournal(file: string): Promise<Finding> {
  const verdict = verifyJournal(await readJournal(file))
  if (!verdict.ok)
    return fail('journal', `${file}:${verdict.line}: ${verdict.why}`, 'compare it with a backup: banyan history --json')
  if (verdict.cut)
    return warn('journal', 'a crash cut the last line off', 'nothing: the next entry keeps it aside and goes on')
  return ok('journal', `${verdict.entries} entries, the chain holds`)
}
