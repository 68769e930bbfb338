import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '@/parts/fields'

/// "Check answers" before what cannot be taken back: what will happen is said, then it is confirmed.
export function Confirm(p: { action: string; title: string; children?: ComponentChildren; onConfirm: () => Promise<void> | void; kind?: 'secondary' | 'warning' }) {
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  if (!open) return <Button kind={p.kind ?? 'secondary'} onClick={() => setOpen(true)}>{p.action}</Button>
  return (
    <div class="govuk-inset-text" role="group" aria-label={p.title}>
      <h3 class="govuk-heading-s">{p.title}</h3>
      {p.children}
      <div class="mw-actions">
        <Button kind={p.kind === 'warning' ? 'warning' : undefined as never} disabled={busy} onClick={async () => {
          setBusy(true)
          await p.onConfirm()
          setBusy(false)
          setOpen(false)
        }}>Confirm: {p.action.toLowerCase()}</Button>
        <Button kind="secondary" onClick={() => setOpen(false)}>Do not</Button>
      </div>
    </div>
  )
}
