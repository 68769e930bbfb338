import { useState } from 'preact/hooks'
import { ask } from '@/lib/api'
import { useSession } from '@/lib/session'
import { announce } from '@/parts/announce'
import { Button, ErrorSummary, Input, Select } from '@/parts/fields'
import { Table } from '@/parts/table'
import { Bring } from '@/pages/anomaly/bring'
import { emptyDraft, thresholdsFile, wrongIn, type Draft, type Wrong } from '@/pages/anomaly/file'

interface Day { day: string; service_reference_variant: string; counted: number; warnings: number; quarantined: number }
interface Preview { days: Day[]; counted: number; warnings: number; quarantined: number }
const kDays = 30

/// Thresholds are written down, tried against the last 30 days, saved as a file, signed elsewhere, and brought.
export function ThresholdEditor() {
  const session = useSession()
  const users = (session.me?.users ?? []) as { eui: string; name: string; roles: string[] }[]
  const [user, setUser] = useState(users[0]?.eui ?? '')
  const [reference, setReference] = useState('')
  const [rows, setRows] = useState<Draft[]>([emptyDraft()])
  const [errors, setErrors] = useState<Wrong[]>([])
  const [preview, setPreview] = useState<Preview | null>(null)
  const known = users.find((one) => one.eui === user.replace(/-/g, '').toLowerCase())
  const [role, setRole] = useState('')
  const roles = known?.roles ?? ['IS', 'ES', 'GS', 'ED', 'GT', 'RSA', 'OU']
  const file = () => thresholdsFile(reference, user.replace(/-/g, ''), role || roles[0] || '', rows, new Date())
  const change = (at: number, name: keyof Draft) => (value: string) => {
    setPreview(null)
    setRows(rows.map((r, i) => (i === at ? { ...r, [name]: value.trim() } : r)))
  }
  const isRight = () => {
    const wrong = wrongIn(reference, user, rows)
    setErrors(wrong)
    return wrong.length === 0
  }
  const tryIt = async () => {
    if (!isRight()) return
    const from = new Date(Date.now() - kDays * 86400_000).toISOString().slice(0, 19)
    const answer = await ask<Preview>('/anomaly/preview', { method: 'POST', query: { from: `${from}Z` }, body: file(), type: 'text/csv' })
    setPreview(answer.ok ? answer.value : null)
    setErrors(answer.ok ? [] : [{ text: `${answer.problem.title}: ${answer.problem.detail}` }])
    if (answer.ok) announce(`${answer.value.quarantined} of ${answer.value.counted} requests would have been held`)
  }
  const save = () => {
    if (!isRight()) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([file()], { type: 'text/csv' }))
    link.download = `${reference}.csv`
    link.click()
    URL.revokeObjectURL(link.href)
    announce('saved; it is to be signed now')
  }
  return (
    <>
      <h1 class="govuk-heading-l">Set thresholds</h1>
      <p class="govuk-body"><a class="govuk-link" href="/anomaly">Anomaly detection</a></p>
      <ErrorSummary errors={errors} />
      <form onSubmit={(e) => { e.preventDefault(); void tryIt() }}>
        {users.length > 0
          ? <Select id="user" label="User" value={user} onValue={(v) => { setUser(v); setRole('') }} choices={users.map((u) => ({ value: u.eui, label: `${u.eui} (${u.roles.join(', ')})` }))} />
          : <Input id="user" label="User (EUI-64)" value={user} onValue={setUser} mono />}
        <Select id="role" label="In the role" value={role || roles[0] || ''} onValue={setRole} choices={roles.map((r) => ({ value: r, label: r }))} />
        <Input id="reference" label="Reference of the service management request" hint="never used before by this User" value={reference} onValue={setReference} width={20} />
        {rows.map((row, i) => (
          <fieldset class="govuk-fieldset" key={i}>
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">Threshold {i + 1}</legend>
            <div class="mw-filters">
              <Input id={`service-${i}`} label="Service variant, or ALL" value={row.service} onValue={change(i, 'service')} width={10} />
              <Input id={`warning-${i}`} label="Warn above" value={row.warning} onValue={change(i, 'warning')} width={10} />
              <Input id={`quarantine-${i}`} label="Hold above" value={row.quarantine} onValue={change(i, 'quarantine')} width={10} />
              <Input id={`hours-${i}`} label="In hours" value={row.hours} onValue={change(i, 'hours')} width={5} />
              <Input id={`from-${i}`} label="From (date; now)" value={row.from} onValue={change(i, 'from')} width={20} />
              {rows.length > 1 && <Button kind="secondary" onClick={() => setRows(rows.filter((_, n) => n !== i))}>Leave out {i + 1}</Button>}
            </div>
          </fieldset>
        ))}
        <div class="mw-actions">
          <Button kind="secondary" onClick={() => setRows([...rows, emptyDraft()])}>One more</Button>
          <Button submit>Preview against the last {kDays} days</Button>
          <Button kind="secondary" onClick={save}>Save the file</Button>
        </div>
      </form>
      {preview && (
        <section aria-label="Preview">
          <p class="govuk-body" role="status">Of <strong>{preview.counted}</strong> requests on record in the last {kDays} days <strong>{preview.quarantined}</strong> would have been held, with <strong>{preview.warnings}</strong> warnings.</p>
          <Table caption="By day and service" rows={preview.days} rowKey={(d) => d.day + d.service_reference_variant} emptyWords="No request of these services is on record in that time." columns={[
            { title: 'Day', cell: (d) => d.day }, { title: 'Service', cell: (d) => d.service_reference_variant }, { title: 'Requests', cell: (d) => d.counted, number: true },
            { title: 'Warnings', cell: (d) => d.warnings, number: true }, { title: 'Held', cell: (d) => d.quarantined, number: true },
          ]} />
        </section>
      )}
      {session.may(['anomaly.thresholds.submit']) && <Bring what="the signed file" path="/anomaly/thresholds" byBackUp={session.may(['anomaly.dcc.set'])} onDone={() => undefined} />}
    </>
  )
}
