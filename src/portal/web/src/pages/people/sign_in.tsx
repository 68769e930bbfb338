import { useState } from 'preact/hooks'
import { ask } from '@/lib/api'
import { localPath, navigate, useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { Button, ErrorSummary, Input } from '@/parts/fields'

/// A person's token makes a session of this browser. The token is sent once and not kept here.
export function SignIn() {
  const [query] = useFilters()
  const session = useSession()
  const [token, setToken] = useState('')
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    if (!token.trim()) {
      setError('Enter your token')
      return
    }
    setBusy(true)
    const answer = await ask('/session', { method: 'POST', json: { token: token.trim() }, quiet: true })
    setBusy(false)
    if (!answer.ok) {
      setError(answer.problem.status === 429 ? 'Too many wrong tokens from here: wait, and try again' : answer.problem.status === 401 ? 'This token is nobody’s' : answer.problem.detail || answer.problem.title)
      return
    }
    setToken('')
    await session.renew()
    navigate(localPath(query.get('next')), { replace: true })
  }
  return (
    <>
      <h1 class="govuk-heading-l">Sign in</h1>
      <form class="mw-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
        <ErrorSummary errors={error ? [{ field: 'token', text: error }] : []} />
        <input type="text" autocomplete="username" hidden readOnly value="" />
        <Input id="token" type="password" label="Token" value={token} onValue={setToken} error={error || undefined} autocomplete="current-password"
          hint={<>The operator makes it: <code>meterway person token NAME</code></>} />
        <Button submit disabled={busy}>Sign in</Button>
      </form>
      <p class="govuk-body">On the TLS port a client certificate that is bound to your name signs you in by itself.</p>
    </>
  )
}
