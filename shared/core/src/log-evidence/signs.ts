/** What a line of a failing container says about why it fails. */
export type SignKind =
  | 'unreachable'
  | 'unresolved'
  | 'permission'
  | 'credentials'
  | 'certificate'
  | 'disk-full'
  | 'memory'
  | 'port-taken'
  | 'architecture'

export interface Sign {
  kind: SignKind
  pattern: RegExp
  /** The cause a person reads. */
  cause: string
}

/**
 * The words runtimes, drivers and the C library use, with the cause they stand for; the first that matches a line is its sign.
 * Resolution comes before reachability: a lookup that timed out names both.
 */
export const signs: readonly Sign[] = [
  {
    kind: 'permission',
    pattern: /is forbidden: User "[^"\s]+" cannot [a-z]+ resource "/,
    cause: 'Its service account lacks a permission',
  },
  {
    kind: 'architecture',
    pattern: /\bexec format error\b/i,
    cause: 'The image is built for another processor architecture than the node has',
  },
  {
    kind: 'disk-full',
    pattern: /\bno space left on device\b|\bENOSPC\b|\bdisk (?:is full|quota exceeded)\b/i,
    cause: 'The volume or the disk it writes to is full',
  },
  {
    kind: 'memory',
    pattern: /\bjava\.lang\.OutOfMemoryError\b|\bheap out of memory\b|\bcannot allocate memory\b|^MemoryError\b/i,
    cause: 'The program ran out of memory before the kernel stopped it',
  },
  {
    kind: 'port-taken',
    pattern: /\baddress already in use\b|\bEADDRINUSE\b/i,
    cause: 'Another process of the pod, or the host network, already uses its port',
  },
  {
    kind: 'certificate',
    pattern:
      /\bx509: |\bcertificate (?:has expired|is not yet valid|verify failed)|\bCERT_HAS_EXPIRED\b|\bUNABLE_TO_VERIFY_LEAF_SIGNATURE\b|\bPKIX path (?:building|validation) failed\b/i,
    cause: 'It does not trust the certificate of what it connects to, or that has expired',
  },
  {
    kind: 'unresolved',
    pattern:
      /\bno such host\b|\bENOTFOUND\b|\bEAI_AGAIN\b|\bname or service not known\b|\btemporary failure in name resolution\b|\bcould not (?:resolve|translate) host\b|\bnodename nor servname\b|\bUnknownHostException\b|\bNXDOMAIN\b|\blookup \S+ on \S+: |\bserver misbehaving\b|\bbad address '/i,
    cause: 'A name it connects to does not resolve',
  },
  {
    kind: 'credentials',
    pattern:
      /\b(?:password authentication failed|access denied for user|authentication failed|invalid (?:username|password|credentials|api key)|login failed for user|WRONGPASS|NOAUTH|SASL authentication failed|401 unauthorized|403 forbidden)\b/i,
    cause: 'What it connects to refuses its credentials',
  },
  {
    kind: 'unreachable',
    pattern:
      /\bconnection (?:to \S+ )?(?:was )?(?:refused|timed out|reset by peer)\b|\bECONN(?:REFUSED|RESET)\b|\bETIMEDOUT\b|\bEHOSTUNREACH\b|\b(?:i\/o|connect(?:ion)?|dial) timeout\b|\bno route to host\b|\bhost is unreachable\b|\bfailed to (?:establish|connect)\b|\bcan'?t connect to\b|\bcould not connect to\b|\b(?:errno|error) 11[01]\b|\b(?:50[234]) (?:bad gateway|service unavailable|gateway time-?out)\b|\bno (?:healthy upstream|available (?:server|broker)s?)\b/i,
    cause: 'What it connects to does not answer',
  },
]
