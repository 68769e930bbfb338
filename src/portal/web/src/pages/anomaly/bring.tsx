import { useState } from 'preact/hooks'
import { ask } from '@/lib/api'
import { announce } from '@/parts/announce'
import { Button, Checkbox, ErrorSummary, FileInput } from '@/parts/fields'
import { Summary } from '@/parts/summary'
import { base64Of, type Wrong } from '@/pages/anomaly/file'

/// A file and its officer's detached signature are brought. The key that signs stays with the officer: `meterway anomaly sign`.
export function Bring({ what, path, byBackUp, onDone }: { what: string; path: string; byBackUp: boolean; onDone: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const [signature, setSignature] = useState<File | null>(null)
  const [backUp, setBackUp] = useState(false)
  const [errors, setErrors] = useState<Wrong[]>([])
  const [receipt, setReceipt] = useState<Record<string, unknown> | null>(null)
  const id = path.replace(/\W/g, '')
  const bring = async () => {
    const wrong: Wrong[] = []
    if (!file) wrong.push({ field: `${id}-file`, text: 'Choose the file' })
    if (!signature) wrong.push({ field: `${id}-signature`, text: 'Choose its signature' })
    setErrors(wrong)
    if (!file || !signature) return
    const answer = await ask<Record<string, unknown>>(path, {
      method: 'POST', body: file, type: 'text/csv', signature: await base64Of(signature), query: { channel: backUp ? 'back-up' : '' },
    })
    setReceipt(answer.ok ? answer.value : null)
    setErrors(answer.ok ? [] : [{ field: `${id}-file`, text: `${answer.problem.title}: ${answer.problem.detail}` }])
    announce(answer.ok ? `${what}: taken` : `${what}: not taken`)
    if (answer.ok) onDone()
  }
  return (
    <section aria-label={`Bring ${what}`}>
      <h2 class="govuk-heading-m">Bring {what}</h2>
      <ErrorSummary errors={errors} />
      <FileInput id={`${id}-file`} label="The file (CSV)" accept=".csv,text/csv" onFile={setFile} />
      <FileInput id={`${id}-signature`} label="Its signature (.p7s)" hint={<>made by an authorised responsible officer: <code>meterway anomaly sign FILE</code></>} accept=".p7s" onFile={setSignature} />
      {byBackUp && <Checkbox id={`${id}-back-up`} label="By the back-up channel, for the officer who signed it" checked={backUp} onValue={setBackUp} />}
      <Button onClick={bring}>Bring it</Button>
      {receipt && <>
        <h3 class="govuk-heading-s">Receipt</h3>
        <Summary rows={Object.entries(receipt).filter(([, v]) => typeof v !== 'object').map(([name, v]): [string, preact.ComponentChildren] => [name, String(v)])} />
      </>}
    </section>
  )
}
