// @digitalcredentials/verifier-core: what VerifierPlus and the Learner Credential Wallet run. Embedded proofs only.
import {verifyCredential} from '@digitalcredentials/verifier-core';

export const name = '@digitalcredentials/verifier-core';

export async function verify({credential}) {
  if(!credential) {
    return {signature: null, status: null, expired: null, log: ['reads no JSON Web Token']};
  }
  const result = await verifyCredential({credential: structuredClone(credential), knownDIDRegistries: []});
  const steps = new Map((result.log ?? []).map(step => [step.id, step]));
  const signature = steps.get('valid_signature')?.valid === true;
  return {
    signature,
    status: signature ? statusOf(steps.get('revocation_status')) : null,
    expired: signature ? expiryOf(steps.get('expiration')) : null,
    log: [
      ...[...steps.values()].map(step => `${step.id}: ${step.error?.name ?? step.valid}`),
      ...(result.errors ?? []).map(error => `${error.name}: ${error.message}`),
      ...(result.additionalInformation ?? []).map(schemaCheck),
    ],
  };
}

function statusOf(step) {
  if(!step) {
    return null;
  }
  if(step.error) {
    return 'unreadable';
  }
  return step.valid ? 'ok' : 'revoked';
}

function expiryOf(step) {
  return step ? !step.valid : null;
}

function schemaCheck({id, results}) {
  const valid = Array.isArray(results) ? results.every(({result}) => result.valid) : results;
  const errors = Array.isArray(results) ? results.flatMap(({result}) => result.errors ?? []) : [];
  return [`${id}: ${valid}`, ...errors.map(error => `${error.instancePath} ${error.message}`)].join('; ');
}
