/** Entry of the pages. */
import { createRoot } from 'react-dom/client';
import { takeTokenFromAddress } from '../lib/session.ts';
import '../theme/tokens.css';
import '../theme/base.css';
import '../theme/layout.css';
import '../theme/parts.css';
import { App } from './app.tsx';

takeTokenFromAddress();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
