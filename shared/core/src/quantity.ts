const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/**
 * Reads a Kubernetes quantity (apimachinery's resource.Quantity: decimal and binary suffixes, or a decimal exponent).
 * @returns plain units: cores for CPU, bytes for memory, a count for the rest; undefined for what is no quantity
 */
export function parseQuantity(quantity: string | number | undefined): number | undefined {
  if (quantity === undefined) return undefined
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(quantity).trim())
  if (match === null) return undefined
  const [, amount, exponent, suffix = ''] = match
  return Number(amount) * (exponent === undefined ? suffixes[suffix]! : 10 ** Number(exponent))
}

/** Cores as an operator writes them: `250m`, `2`, `1500m`. */
export function formatCores(cores: number): string {
  const millis = Math.round(cores * 1000)
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`
}

/** Bytes in the largest binary unit that keeps the number above one, with one decimal at most: `512Mi`, `1.5Gi`. */
export function formatBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
  const size = Math.abs(bytes)
  const power = size < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10))
  return `${Math.round((bytes / 1024 ** power) * 10) / 10}${units[power]}`
}

/** An amount of any resource in the unit people use for it: cores for cpu, bytes for memory, storage and huge pages, else a count. */
export function formatResource(resource: string, amount: number): string {
  if (resource === 'cpu') return formatCores(amount)
  return /memory|storage|^hugepages-/.test(resource) ? formatBytes(amount) : String(Math.round(amount * 100) / 100)
}
