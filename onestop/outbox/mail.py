"""The back end for mail: Django's, through the server that the settings name.

Mail has no idempotency key. The Message-ID is the same at every try, so that a double after a crash can be
recognised as one.
"""

import hashlib
import smtplib
import ssl

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from onestop.outbox.failures import NotSent
from onestop.outbox.parcel import Parcel


def send(parcel: Parcel) -> str:
    """The Message-ID. Raises NotSent."""
    number = f"<{hashlib.sha256(parcel.errand.encode()).hexdigest()[:32]}@{settings.SITE_HOST}>"
    headers = {"Message-ID": number, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(
        parcel.title, parcel.text, settings.MAIL_FROM, [parcel.to], headers=headers, connection=get_connection(fail_silently=False)
    )
    if parcel.html:
        mail.attach_alternative(parcel.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _ in problem.recipients.values()]
        final = bool(codes) and all(code >= 500 for code in codes)
        raise NotSent(f"refused_{max(codes)}" if final else "status_smtp", final=final) from problem
    except smtplib.SMTPDataError as problem:
        final = problem.smtp_code >= 500
        raise NotSent(f"refused_{problem.smtp_code}" if final else f"status_{problem.smtp_code}", final=final) from problem
    except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as problem:
        raise NotSent(f"setting_{problem.smtp_code}") from problem
    except TimeoutError as problem:
        raise NotSent("timeout") from problem
    except ssl.SSLError as problem:
        raise NotSent("certificate") from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise NotSent("connection") from problem
    return number
