import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=40, verbose_name='về việc')),
                ('event', models.CharField(max_length=20, verbose_name='sự kiện')),
                ('channel', models.CharField(choices=[('sms', 'Tin nhắn SMS'), ('email', 'Thư điện tử'), ('zalo', 'Zalo')], max_length=5, verbose_name='cách gửi')),
                ('recipient', models.CharField(blank=True, max_length=254, verbose_name='người nhận')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='tiêu đề')),
                ('text', models.TextField(blank=True, verbose_name='nội dung')),
                ('html', models.TextField(blank=True)),
                ('key', models.CharField(max_length=100)),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Chờ gửi'), ('sending', 'Đang gửi'), ('sent', 'Đã gửi'), ('failed', 'Không gửi được'), ('withheld', 'Không gửi')], default='waiting', max_length=8, verbose_name='tình trạng')),
                ('why_withheld', models.CharField(blank=True, choices=[('no_address', 'Không có số di động, thư điện tử'), ('opt_out', 'Người dân không muốn nhận tin'), ('replaced', 'Đã có tin mới hơn'), ('voided', 'Hồ sơ đã hủy')], max_length=10, verbose_name='vì sao không gửi')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='số lần gửi')),
                ('next_at', models.DateTimeField(verbose_name='gửi từ lúc')),
                ('claimed_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(verbose_name='lập lúc')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='gửi lúc')),
                ('backend', models.CharField(blank=True, max_length=5)),
                ('provider_id', models.CharField(blank=True, max_length=100, verbose_name='mã bên gửi')),
                ('last_error', models.CharField(blank=True, max_length=30, verbose_name='lỗi')),
                ('resent_at', models.DateTimeField(null=True, verbose_name='yêu cầu gửi lại lúc')),
                ('blanked_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='staff.agency')),
                ('resent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('next_at'), models.F('id'), condition=models.Q(('state__in', ['waiting', 'sending'])), name='message_to_send'), models.Index(models.F('agency'), models.F('state'), models.OrderBy(models.F('made_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='message_list'), models.Index(models.F('subject'), models.OrderBy(models.F('id'), descending=True), name='message_about'), models.Index(models.F('made_at'), condition=models.Q(('blanked_at__isnull', True)), name='message_to_blank')],
                'constraints': [models.UniqueConstraint(models.F('key'), name='message_once'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'sent', 'failed', 'withheld'])), name='message_state_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['sms', 'email', 'zalo'])), name='message_channel_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withheld'), _negated=True), models.Q(('why_withheld', ''), _negated=True), _connector='OR'), name='message_withheld_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_until__isnull', False), _connector='OR'), name='message_claim_ends')],
            },
        ),
    ]
