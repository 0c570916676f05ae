with

participants as (

    select * from {{ ref('int_participants') }}

),

final as (

    select
        gender,
        count(*) as participants
    from participants
    group by gender

)

select * from final
