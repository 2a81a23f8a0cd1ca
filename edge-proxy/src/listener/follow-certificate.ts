import type { Server as TlsServer } from 'node:tls'
import { messageOf } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import { watchFile } from '../route-table/watch-file.ts'
import { buildInTurn } from '../workers/in-turn.ts'
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'

/** The certificate of a listener, as its files change. */
export interface FollowedCertificate {
  current(): Certificate
  /** Reads the files now; false when they are not usable, and the last good certificate stays. */
  reload(): Promise<boolean>
  close(): Promise<void>
}

/** What a followed certificate needs. */
export interface FollowCertificateOptions {
  readonly files: CertificateFiles
  /** The one that the server began with. */
  readonly first: Certificate
  readonly log: Logger
}

const soonMs = 14 * 86_400_000

/**
 * Gives new handshakes the certificate that the files hold now; connections that stand keep theirs. A certificate and a key are two files, and
 * no moment sees both replaced at once: what does not fit together is looked at again with the next change.
 */
export async function followCertificate(
  server: Pick<TlsServer, 'setSecureContext'>,
  { files, first, log }: FollowCertificateOptions,
): Promise<FollowedCertificate> {
  let current = first
  let refused = ''
  sayExpiry(current, log)
  const readOnce = async (isAsked: boolean) => {
    try {
      const next = await readCertificate(files)
      refused = ''
      if (next.cert === current.cert && next.key === current.key) return true
      server.setSecureContext(secureContext(next))
      current = next
      log.info({ certificate: next.subject, validUntil: next.validUntil }, 'certificate live')
      sayExpiry(next, log)
      return true
    } catch (error) {
      const why = messageOf(error)
      // One replacement of two files is several changes; who asks by a signal is answered each time.
      if (isAsked || why !== refused) log.error({ why }, 'certificate refused; the last good one stays live')
      refused = why
      return false
    }
  }
  // One after the other: a slow read of older files must not end after that of newer ones.
  const inTurn = buildInTurn()
  const read = (isAsked: boolean) => inTurn(() => readOnce(isAsked))
  const changed = () => void read(false)
  const watchers = await Promise.all([files.certFile, files.keyFile].map((file) => watchFile(file, changed)))
  // They may have changed since the first one was read.
  await read(false)
  return {
    current: () => current,
    reload: () => read(true),
    close: async () => {
      for (const watcher of watchers) await watcher.close()
    },
  }
}

/** What the listener speaks: TLS 1.2 and 1.3, and HTTP/1.1 in it. */
export function secureContext({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.2' } as const
}

function sayExpiry({ subject, validUntil }: Certificate, log: Logger): void {
  if (Date.parse(validUntil) - Date.now() > soonMs) return
  log.warn({ certificate: subject, validUntil }, 'the certificate ends soon, or has ended')
}
