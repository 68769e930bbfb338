// Communications hubs of a supplier, and the files by which he returns them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const kSupplier = '90b3d51f30010000'
const hub = (n) => `00db0001${n.toString(16).padStart(8, '0')}`

export async function enterHubs(portal, count) {
  const devices = Array.from({ length: count }, (_, n) => ({
    eui: hub(n), type: 'CHF', state: 'Commissioned', hub: hub(n), responsible: [{ role: 'IS', user: kSupplier }],
  }))
  const made = await portal.api('operator', 'POST', '/devices', { devices })
  if (made.status !== 200) throw new Error(made.text)
}

/// A row a hub from `from` to before `to`, and what else is to stand in it.
export function returnsFile(portal, name, from, to, more = '') {
  const path = join(portal.folder, name)
  writeFileSync(path, 'hub,reason\r\n' + Array.from({ length: to - from }, (_, n) => `${hub(from + n)},no fault\r\n`).join('') + more)
  return path
}
