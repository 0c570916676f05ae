-- One row a governing body: its seats by gender, and all of them.
with

final as (

    select
        body,
        sum(value) as seats_by_gender,
        max(denominator) as seats
    from gender_impact
    where kind = 'governance_seats'
    group by body

)

select * from final
order by body
