// What a Bitstring Status List says of a credential, by Digital Bazaar's checker.
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

// "ok", "revoked", "unreadable", or null when the credential names no list. `result` is the answer of checkStatus.
export function statusOf(result) {
  if(!result) {
    return null;
  }
  if(!result.verified) {
    return 'unreadable';
  }
  const raised = result.results.filter(({status}) => status).map(each => each.credentialStatus.statusPurpose);
  return raised.includes('revocation') ? 'revoked' : raised[0] ?? 'ok';
}

export {checkStatus};
