import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'

/** Where a certificate and its private key are: PEM files. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** The two files together; undefined when neither is given. Throws `certificate-incomplete` (exit 64) for one of them. */
export function certificateFiles(
  certFile: string | undefined,
  keyFile: string | undefined,
): CertificateFiles | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile }
  throw new Fault('certificate-incomplete', 'a certificate needs its key, and a key its certificate', {
    hint: 'name both files: --tls-cert FILE --tls-key FILE',
    exitCode: exitCodes.usage,
  })
}

/** A certificate that belongs to its key. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  /** ISO 8601, UTC. */
  readonly validUntil: string
  /** `CN=shop.example`, as the certificate says it. */
  readonly subject: string
}

/**
 * Reads a certificate and its key. Throws `certificate-unusable` (exit 4) when a file cannot be read, holds no PEM, or both do not belong
 * together; the message never holds what is in the key's file.
 */
export async function readCertificate({ certFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const cert = await read(certFile)
  const key = await read(keyFile)
  try {
    createSecureContext({ cert, key })
    const { validTo, subject } = new X509Certificate(cert)
    return { cert, key, validUntil: new Date(validTo).toISOString(), subject }
  } catch (error) {
    throw unusable(`${certFile} and ${keyFile} are no certificate with its key: ${messageOf(error)}`, error)
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unusable(`cannot read ${file}: ${messageOf(error)}`, error)
  }
}

function unusable(message: string, cause: unknown): Fault {
  return new Fault('certificate-unusable', message, {
    hint: 'both are PEM files: the certificate first, then those that lead to its authority; the key without a passphrase',
    exitCode: exitCodes.invalidConfig,
    cause,
  })
}
