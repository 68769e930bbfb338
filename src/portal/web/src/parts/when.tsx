import { useContext } from 'preact/hooks'
import { ZoneContext, absolute, relative } from '@/lib/time'

/// A moment: absolute, in the zone that the reader has chosen, and relative beside it.
export function When({ at, plain }: { at: string | null | undefined; plain?: boolean }) {
  const { local } = useContext(ZoneContext)
  if (!at) return <span class="mw-muted">–</span>
  const near = relative(at)
  return (
    <time dateTime={at} title={absolute(at, !local)}>
      <span class="mw-nowrap">{absolute(at, local)}</span>
      {!plain && near && <span class="mw-muted"> ({near})</span>}
    </time>
  )
}
