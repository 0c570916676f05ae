with

members as (

    select * from {{ ref('int_members') }}

),

fee_entries as (

    select * from {{ ref('int_fee_entries') }}

),

sums as (

    select
        member_id,
        sum(case when type = 'invoice' then 1 else 0 end) as invoices,
        sum(case when type = 'invoice' then amount_eur else 0 end) as invoiced,
        sum(case when type = 'credit_note' then amount_eur else 0 end) as credited,
        sum(case when type = 'payment' then amount_eur else 0 end) as paid
    from fee_entries
    group by member_id

),

final as (

    select
        -- ids
        members.member_id,

        -- numerics
        cast(coalesce(sums.invoices, 0) as bigint) as invoices,
        cast(coalesce(sums.invoiced, 0) as decimal(18, 2)) as invoiced,
        cast(coalesce(sums.credited, 0) as decimal(18, 2)) as credited,
        cast(coalesce(sums.paid, 0) as decimal(18, 2)) as paid,

        -- booleans: where credit notes leave nothing due, nothing has to be paid
        coalesce(sums.invoices > 0 and sums.paid >= sums.invoiced - sums.credited, false) as is_fee_paid
    from members
    left join sums on members.member_id = sums.member_id

)

select * from final
