import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { otherTestCertificate, otherTestKey, testCertificate, testKey } from '../../test/test-certificate.ts'
import { readCertificate } from './certificate.ts'
import { followCertificate } from './follow-certificate.ts'

const log = pino({ level: 'silent' })

async function pair() {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-certificate-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  const write = async (cert: string, key: string) => {
    await writeFile(files.certFile, cert)
    await writeFile(files.keyFile, key)
  }
  await write(testCertificate, testKey)
  return { files, write }
}

test('files that changed between the first reading and the watching are live', async () => {
  const { files, write } = await pair()
  const first = await readCertificate(files)
  await write(otherTestCertificate, otherTestKey)
  const followed = await followCertificate(createServer(), { files, first, log })
  onTestFinished(() => followed.close())
  expect(followed.current().cert).toEqual((await readCertificate(files)).cert)
  expect(followed.current().cert).not.toEqual(first.cert)
})
